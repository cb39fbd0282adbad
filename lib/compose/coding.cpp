#include "lib/compose/coding.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

namespace ictus::compose {
namespace {

using formats::EventCoding;
using formats::Precision;

constexpr EventCoding kExact{.precision = Precision::float32};

bool keeps_number(std::span<const Event> events, std::size_t d, int steps) {
  return std::all_of(events.begin(), events.end(), [&](const Event& event) {
    const float number = event.vector[d];
    return formats::vector_value(formats::vector_code(number, steps), steps) == number;
  });
}

/// The fewest steps, at least `steps`, that hold this number of all events; none where there are too many.
std::optional<int> exact_steps(std::span<const Event> events, std::size_t d, int steps) {
  while (steps <= formats::kMostVectorSteps && !keeps_number(events, d, steps)) ++steps;
  return steps <= formats::kMostVectorSteps ? std::optional(steps) : std::nullopt;
}

/// The fewest steps that hold what either holds.
int common_steps(int a, int b) {
  if (a == b) return a;
  // A number of one step is 0, which every other step is when the whole is cut in two.
  const auto parts = [](int steps) { return steps == 1 ? 2 : steps - 1; };
  return std::lcm(parts(a), parts(b)) + 1;
}

bool keeps_gains(std::span<const Event> events, const EventCoding& coding) {
  return std::all_of(events.begin(), events.end(), [&](const Event& event) {
    return formats::gain_value(formats::gain_code(event.gain_db, coding), coding) == event.gain_db;
  });
}

}  // namespace

EventCoding common_coding(const EventCoding& a, const EventCoding& b) {
  if (a == b) return a;
  if (a.precision == Precision::float32 || b.precision == Precision::float32) return kExact;
  EventCoding coding{.precision = Precision::coded,
                     .vector_steps = {},
                     .gain_step_centibels = std::gcd(a.gain_step_centibels, b.gain_step_centibels),
                     .onset_step_samples = std::gcd(a.onset_step_samples, b.onset_step_samples)};
  for (std::size_t d = 0; d < coding.vector_steps.size(); ++d) {
    const int steps = common_steps(a.vector_steps[d], b.vector_steps[d]);
    if (steps > formats::kMostVectorSteps) return kExact;
    coding.vector_steps[d] = static_cast<std::uint16_t>(steps);
  }
  return coding;
}

EventCoding refined(EventCoding coding, std::int64_t samples, std::int64_t centibels) {
  if (coding.precision != Precision::coded) return coding;
  coding.onset_step_samples = static_cast<int>(std::gcd(std::int64_t{coding.onset_step_samples}, samples));
  coding.gain_step_centibels =
      static_cast<int>(std::gcd(std::int64_t{coding.gain_step_centibels}, centibels));
  return coding;
}

EventCoding with_finer_vectors(EventCoding coding) {
  constexpr int kFewestParts = 64;
  constexpr int kParts = 128;
  if (coding.precision != Precision::coded) return coding;
  for (std::uint16_t& steps : coding.vector_steps) {
    const int parts = steps - 1;
    if (parts >= kFewestParts) continue;
    steps = static_cast<std::uint16_t>((parts == 0 ? kParts : kParts / parts * parts) + 1);
  }
  return coding;
}

EventCoding exact_coding(std::span<const Event> events, const EventCoding& preferred,
                         std::int64_t block_samples) {
  if (preferred.precision == Precision::float32) return kExact;
  EventCoding coding = preferred;
  for (std::size_t d = 0; d < coding.vector_steps.size(); ++d) {
    const std::optional<int> steps = exact_steps(events, d, coding.vector_steps[d]);
    if (!steps) return kExact;
    coding.vector_steps[d] = static_cast<std::uint16_t>(*steps);
  }
  if (!keeps_gains(events, coding)) {
    std::int64_t step = coding.gain_step_centibels;
    for (const Event& event : events) {
      step = std::gcd(step, std::llround(10.0 * static_cast<double>(event.gain_db)));
    }
    coding.gain_step_centibels = static_cast<int>(step);
    if (!keeps_gains(events, coding)) return kExact;
  }
  std::int64_t step = coding.onset_step_samples;
  for (const Event& event : events) step = std::gcd(step, event.onset_samples % block_samples);
  coding.onset_step_samples = static_cast<int>(step);
  return coding;
}

}  // namespace ictus::compose
