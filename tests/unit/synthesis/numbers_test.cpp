// That the numbers of events are those of which a file says nothing.
#include <doctest/doctest.h>

#include "formats/number_names.hpp"
#include "formats/quantise.hpp"
#include "lib/synthesis/event_numbers.hpp"

namespace ictus::synthesis {
namespace {

TEST_CASE("numbers: those of the model are the standard ones of the format, which cost a file no byte") {
  const std::vector<formats::NumberName>& names = formats::standard_names();
  const formats::VectorSteps& steps = formats::standard_steps();
  REQUIRE(names.size() == kNumbers.size());
  CHECK(formats::complaint(names).empty());
  for (std::size_t d = 0; d < steps.size(); ++d) {
    CAPTURE(d);
    if (d >= kNamedNumbers) {
      CHECK(steps[d] == kTimbreSteps);
      continue;
    }
    const NamedNumber& number = kNumbers[d];
    CHECK(names[d] == formats::NumberName{std::string(number.name), std::string(number.unit), number.low,
                                          number.high, number.is_ratio});
    CHECK(steps[d] == number.steps);
  }
}

}  // namespace
}  // namespace ictus::synthesis
