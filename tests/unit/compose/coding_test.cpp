#include "lib/compose/coding.hpp"

#include <doctest/doctest.h>

#include "helpers.hpp"

namespace ictus::compose {
namespace {

using formats::equal_steps;
using formats::EventCoding;
using formats::Precision;
using formats::VectorSteps;

constexpr EventCoding kUsual{};
constexpr EventCoding kExact{.precision = Precision::float32};

EventCoding coded(const VectorSteps& steps, int gain_step_centibels, int onset_step_samples) {
  return {Precision::coded, steps, gain_step_centibels, onset_step_samples};
}

EventCoding coded(int steps, int gain_step_centibels, int onset_step_samples) {
  return coded(equal_steps(static_cast<std::uint16_t>(steps)), gain_step_centibels, onset_step_samples);
}

VectorSteps with(VectorSteps steps, std::size_t number, std::uint16_t other) {
  steps[number] = other;
  return steps;
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
  CHECK(common_coding(coded(33, 10, 64), coded(25, 15, 100)) == coded(97, 5, 4));
  CHECK(common_coding(coded(33, 10, 64), coded(255, 10, 64)) == coded(4065, 10, 64));
  CHECK(common_coding(coded(4096, 10, 64), coded(255, 10, 64)) == kExact);
  // Of each number by itself; what is always 0 stands wherever there is a middle.
  CHECK(common_coding(coded(with(equal_steps(31), 0, 2093), 10, 64),
                      coded(with(equal_steps(31), 0, 524), 10, 64)) ==
        coded(with(equal_steps(31), 0, 2093), 10, 64));
  CHECK(common_coding(coded(33, 10, 64), coded(1, 10, 64)) == coded(33, 10, 64));
  CHECK(common_coding(coded(32, 10, 64), coded(1, 10, 64)) == coded(63, 10, 64));
}

TEST_CASE("a coding is refined no more than a move asks for") {
  CHECK(refined(kUsual, 0, 0) == kUsual);
  CHECK(refined(kUsual, 64 * 7, -30) == kUsual);
  CHECK(refined(kUsual, 32, -25) == coded(33, 5, 32));
  CHECK(refined(kExact, 1, 1) == kExact);
}

TEST_CASE("changed vectors get finer steps where there were few, of which the old ones are whole multiples") {
  for (const auto& [steps, finer] : {std::pair(1, 129),
                                     {2, 129},
                                     {3, 129},
                                     {13, 121},
                                     {20, 115},
                                     {21, 121},
                                     {31, 121},
                                     {33, 129},
                                     {51, 101},
                                     {81, 81},
                                     {4096, 4096}}) {
    CHECK(with_finer_vectors(coded(steps, 10, 64)) == coded(finer, 10, 64));
    for (int code = 0; code < steps; ++code) {
      const float value = formats::vector_value(code, steps);
      CHECK(formats::vector_value(formats::vector_code(value, finer), finer) == value);
    }
  }
  CHECK(with_finer_vectors(kExact) == kExact);
}

TEST_CASE("a list gets the coarsest steps that hold it") {
  CHECK(exact_coding(std::vector{event_at(64 * 5, -20.0F, 0.25F), event_at(65536 + 128, -3.0F, -1.0F)},
                     kUsual, 65536) == kUsual);
  for (const auto& [event, expected] :
       {std::pair(event_at(11025, -20.0F, 0.25F), coded(33, 10, 1)),
        std::pair(event_at(64, -20.5F, 0.25F), coded(33, 5, 64)),
        std::pair(event_at(64, -20.3F, 0.25F), coded(33, 1, 64)),
        std::pair(event_at(64, -20.0F, 0.2F), coded(36, 10, 64)),
        std::pair(event_at(64, -20.0F, 0.01F), coded(201, 10, 64)),
        std::pair(event_at(64, -20.03F, 0.25F), kExact), std::pair(event_at(64, -20.0F, 0.123456F), kExact),
        std::pair(event_at(64, 40.0F, 0.25F), kExact)}) {
    const EventCoding coding = exact_coding(std::vector{event}, kUsual, 65536);
    CHECK(coding == expected);
    CHECK(keeps({event}, coding));
  }
  // Only those numbers are refined that need it.
  Event event = event_at(64, -20.0F, 0.25F);
  event.vector[7] = 0.2F;
  CHECK(exact_coding(std::vector{event}, kUsual, 65536) == coded(with(equal_steps(33), 7, 36), 10, 64));
  event.vector[7] = 1.0F / 4095.0F;
  CHECK(exact_coding(std::vector{event}, kUsual, 65536) == coded(with(equal_steps(33), 7, 4096), 10, 64));
  event.vector[7] = 0.5F / 4095.0F;
  CHECK(exact_coding(std::vector{event}, kUsual, 65536) == kExact);
  CHECK(exact_coding({}, kExact, 65536) == kExact);
}

}  // namespace
}  // namespace ictus::compose
