// That each named number is the one that its place in a vector is called after.
#include <doctest/doctest.h>

#include <cmath>
#include <tuple>

#include "formats/number_names.hpp"
#include "lib/synthesis/event_numbers.hpp"

namespace ictus::synthesis {
namespace {

TEST_CASE("numbers: places are those of their names, ranges hold usual values, and files know them") {
  CHECK(formats::complaint(formats::standard_names()).empty());
  REQUIRE(formats::standard_names().size() == kNamedNumbers);
  for (const auto& [place, name, usual] : {std::tuple(kPitch, "pitch", 440.0F),
                                           {kBalance, "balance", 20.0F},
                                           {kGlide, "glide", 0.0F},
                                           {kGlideTime, "glide_time", 0.2F},
                                           {kVibrato, "vibrato", 0.5F},
                                           {kVibratoRate, "vibrato_rate", 5.5F},
                                           {kVibratoPhase, "vibrato_phase", 0.25F},
                                           {kAttack, "attack", 0.01F},
                                           {kHold, "hold", 1.0F},
                                           {kDamping, "damping", 0.3F},
                                           {kDecay, "decay", 3.0F},
                                           {kTilt, "tilt", 2.0F},
                                           {kInharmonicity, "inharmonicity", 2e-5F},
                                           {kRoom, "room", -20.0F},
                                           {kRoomTime, "room_time", 0.8F},
                                           {kPosition, "position", -0.5F}}) {
    CAPTURE(name);
    const NamedNumber& number = kNumbers[place];
    CHECK(number.name == name);
    CHECK(!number.meaning.empty());
    CHECK(std::abs(number.number_of(usual)) < 1.0F);
    CHECK(number.value_of(number.number_of(usual)) == doctest::Approx(usual).epsilon(1e-4));
  }
}

}  // namespace
}  // namespace ictus::synthesis
