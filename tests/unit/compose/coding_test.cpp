#include "lib/compose/coding.hpp"

#include <doctest/doctest.h>

#include "helpers.hpp"

namespace ictus::compose {
namespace {

using formats::EventCoding;
using formats::Precision;

constexpr EventCoding kUsual{};
constexpr EventCoding kExact{.precision = Precision::float32};

EventCoding coded(int levels, int gain_step_centibels, int onset_step_samples) {
  return {Precision::coded, levels, gain_step_centibels, onset_step_samples};
}

/// Whether every event stays as it is in its block.
bool keeps(const std::vector<Event>& events, const EventCoding& coding) {
  for (const Event& event : events) {
    const std::int64_t start = event.onset_samples / 65536 * 65536;
    const Event kept = formats::quantise(event, coding, start, start + 65536);
    if (kept.onset_samples != event.onset_samples || kept.gain_db != event.gain_db ||
        kept.vector != event.vector) {
      return false;
    }
  }
  return true;
}

TEST_CASE("what stands in two codings stands in their common one") {
  CHECK(common_coding(kUsual, kUsual) == kUsual);
  CHECK(common_coding(kUsual, kExact) == kExact);
  CHECK(common_coding(coded(16, 10, 64), coded(12, 15, 100)) == coded(48, 5, 4));
  CHECK(common_coding(coded(16, 10, 64), coded(127, 10, 64)) == kExact);
  CHECK(common_coding(coded(127, 10, 64), {.precision = Precision::quantised}) == coded(127, 5, 1));
}

TEST_CASE("a coding is refined no more than a move asks for") {
  CHECK(refined(kUsual, 0, 0) == kUsual);
  CHECK(refined(kUsual, 64 * 7, -30) == kUsual);
  CHECK(refined(kUsual, 32, -25) == coded(16, 5, 32));
  CHECK(refined(kExact, 1, 1) == kExact);
  const EventCoding quantised{.precision = Precision::quantised};
  CHECK(refined(quantised, 17, 15) == quantised);
  CHECK(refined(quantised, 17, 3) == coded(127, 1, 1));
}

TEST_CASE("changed vectors get finer steps, of which the old ones are whole multiples") {
  for (const auto& [levels, finer] :
       {std::pair(1, 32), {6, 30}, {12, 24}, {16, 32}, {17, 17}, {32, 32}, {127, 127}}) {
    CHECK(with_finer_vectors(coded(levels, 10, 64)) == coded(finer, 10, 64));
    CHECK(finer % levels == 0);
  }
  CHECK(with_finer_vectors(kExact) == kExact);
  for (int code = -6; code <= 6; ++code) {
    const float value = formats::vector_value(code, coded(6, 10, 64));
    CHECK(formats::vector_value(formats::vector_code(value, coded(30, 10, 64)), coded(30, 10, 64)) == value);
  }
}

TEST_CASE("a list gets the coarsest steps that hold it") {
  CHECK(exact_coding(std::vector{event_at(64 * 5, -20.0F, 0.25F), event_at(65536 + 128, -3.0F, -1.0F)},
                     kUsual, 65536) == kUsual);
  for (const auto& [event, expected] :
       {std::pair(event_at(11025, -20.0F, 0.25F), coded(16, 10, 1)),
        std::pair(event_at(64, -20.5F, 0.25F), coded(16, 5, 64)),
        std::pair(event_at(64, -20.3F, 0.25F), coded(16, 1, 64)),
        std::pair(event_at(64, -20.0F, 0.2F), coded(20, 10, 64)),
        std::pair(event_at(64, -20.0F, 0.01F), coded(100, 10, 64)),
        std::pair(event_at(64, -20.03F, 0.25F), kExact), std::pair(event_at(64, -20.0F, 0.123456F), kExact),
        std::pair(event_at(64, 40.0F, 0.25F), kExact)}) {
    const EventCoding coding = exact_coding(std::vector{event}, kUsual, 65536);
    CHECK(coding == expected);
    CHECK(keeps({event}, coding));
  }
  CHECK(exact_coding(std::vector{event_at(1, -20.5F, 5.0F / 127.0F)}, {.precision = Precision::quantised},
                     65536) == EventCoding{.precision = Precision::quantised});
  CHECK(exact_coding({}, kExact, 65536) == kExact);
}

}  // namespace
}  // namespace ictus::compose
