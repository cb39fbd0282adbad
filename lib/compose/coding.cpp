#include "lib/compose/coding.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ictus::compose {
namespace {

using formats::EventCoding;
using formats::Precision;

constexpr int kMostLevels = 127;
constexpr EventCoding kExact{.precision = Precision::float32};

/// Steps that hold all that a stream of the quantised precision holds.
EventCoding as_coded(const EventCoding& coding) {
  if (coding.precision != Precision::quantised) return coding;
  return {.precision = Precision::coded,
          .vector_levels = kMostLevels,
          .gain_step_centibels = 5,
          .onset_step_samples = 1};
}

bool keeps_vectors(std::span<const Event> events, const EventCoding& coding) {
  return std::all_of(events.begin(), events.end(), [&](const Event& event) {
    return std::all_of(event.vector.begin(), event.vector.end(), [&](float number) {
      return formats::vector_value(formats::vector_code(number, coding), coding) == number;
    });
  });
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
  const EventCoding x = as_coded(a);
  const EventCoding y = as_coded(b);
  const int levels = std::lcm(x.vector_levels, y.vector_levels);
  if (levels > kMostLevels) return kExact;
  return {.precision = Precision::coded,
          .vector_levels = levels,
          .gain_step_centibels = std::gcd(x.gain_step_centibels, y.gain_step_centibels),
          .onset_step_samples = std::gcd(x.onset_step_samples, y.onset_step_samples)};
}

EventCoding refined(EventCoding coding, std::int64_t samples, std::int64_t centibels) {
  if (coding.precision == Precision::quantised && centibels % 5 != 0) coding = as_coded(coding);
  if (coding.precision != Precision::coded) return coding;
  coding.onset_step_samples = static_cast<int>(std::gcd(std::int64_t{coding.onset_step_samples}, samples));
  coding.gain_step_centibels =
      static_cast<int>(std::gcd(std::int64_t{coding.gain_step_centibels}, centibels));
  return coding;
}

EventCoding with_finer_vectors(EventCoding coding) {
  constexpr int kLevels = 32;
  if (coding.precision == Precision::coded && coding.vector_levels < kLevels) {
    coding.vector_levels *= kLevels / coding.vector_levels;
  }
  return coding;
}

EventCoding exact_coding(std::span<const Event> events, const EventCoding& preferred,
                         std::int64_t block_samples) {
  if (preferred.precision == Precision::float32) return kExact;
  if (preferred.precision == Precision::quantised) {
    if (keeps_vectors(events, preferred) && keeps_gains(events, preferred)) return preferred;
    return exact_coding(events, as_coded(preferred), block_samples);
  }
  EventCoding coding = preferred;
  while (coding.vector_levels <= kMostLevels && !keeps_vectors(events, coding)) ++coding.vector_levels;
  if (coding.vector_levels > kMostLevels) return kExact;
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
