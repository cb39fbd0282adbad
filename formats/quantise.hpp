// What becomes of an event's numbers in a file: their steps, see SPEC.md, sections 9, 10 and 24.
#pragma once

#include <cstdint>
#include <string>

#include "formats/event.hpp"
#include "formats/number_names.hpp"

namespace ictus::formats {

enum class Precision : std::uint8_t {
  coded,    ///< in the steps of EventCoding, gains from -100 to 27.5 dB, packed by an EventPacker
  float32,  ///< lossless, for research
};

/// The most values that a number of a vector has in a file.
inline constexpr int kMostVectorSteps = 4096;

/// How the events of a file are stored. The steps belong to Precision::coded; with the other precision
/// they have no meaning and their defaults.
struct EventCoding {
  Precision precision = Precision::coded;
  /// How many values each number of a vector has, 1..4096: equally far apart from -1 to 1, or 0 alone.
  VectorSteps vector_steps = equal_steps(33);
  int gain_step_centibels = 10;  ///< 1..100
  int onset_step_samples = 64;   ///< 1..65535, counted from the start of the block

  bool operator==(const EventCoding&) const = default;
};

/// What is wrong with a coding that could not stand in a file; empty when nothing is.
[[nodiscard]] std::string complaint(const EventCoding& coding);

/// The value an event has after it was written in the block from `start_samples` up to but not including
/// `end_samples`, in which it lies, and read: the encoder renders this one, so that file and residual
/// agree. Idempotent; the identity for Precision::float32. Values out of range saturate; throws
/// ictus::Error when one is not a number.
[[nodiscard]] Event quantise(const Event& event, const EventCoding& coding, std::int64_t start_samples,
                             std::int64_t end_samples);

/// The steps themselves, for writers and readers; neither for Precision::float32.
[[nodiscard]] int gain_code(float gain_db, const EventCoding& coding);
/// In integers, for all readers alike: the highest that is not above it.
[[nodiscard]] int gain_code_below(int gain_centibels, const EventCoding& coding);
[[nodiscard]] float gain_value(int code, const EventCoding& coding);
[[nodiscard]] int most_gain_code(const EventCoding& coding);
/// Of a number of a vector that has so many values; codes begin with 0.
[[nodiscard]] int vector_code(float value, int steps);
[[nodiscard]] float vector_value(int code, int steps);
/// For Precision::coded: which step of its block an onset is nearest to.
[[nodiscard]] std::int64_t onset_code(std::int64_t onset_samples, const EventCoding& coding,
                                      std::int64_t start_samples, std::int64_t end_samples);

}  // namespace ictus::formats
