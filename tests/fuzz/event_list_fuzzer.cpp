// Reads any text as a list of events. What is accepted is in order, and every number and every text of it can
// stand in a stream.

#include <cmath>
#include <string_view>

#include "lib/compose/event_list.hpp"
#include "lib/core/error.hpp"
#include "lib/core/utf8.hpp"
#include "require.hpp"

namespace {

using namespace ictus;

void check(std::string_view text) {
  compose::EventList list;
  try {
    list = compose::parse_event_list(text);
  } catch (const Error& error) {
    require(error.what()[0] != '\0', "an error without words");
    return;
  }
  require(is_utf8(list.facts.model_id.value_or("")), "a model_id that is not in UTF-8");
  for (const auto& [field, value] : list.facts.tags) {
    require(is_utf8(field) && is_utf8(value), "a tag that is not in UTF-8");
  }
  double previous_s = 0.0;
  for (const compose::ListedEvent& event : list.events) {
    require(event.onset_s >= previous_s, "events out of order");
    previous_s = event.onset_s;
    require(!event.gain_db || std::isfinite(*event.gain_db), "a gain that is not finite");
    const auto* const vector = std::get_if<compose::Vector>(&event.vector);
    if (vector == nullptr) continue;
    require(event.gain_db.has_value(), "neither a gain nor one to borrow");
    for (const float number : *vector) require(std::abs(number) <= 1.0F, "a number beyond -1 to 1");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check({reinterpret_cast<const char*>(data), size});
  return 0;
}
