// Conditions on events, as people type them: "gain>-30 && time<8s".
#pragma once

#include <array>
#include <functional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

#include "formats/event.hpp"

namespace ictus::compose {

/// What can be asked of an event. The first three stand in the file; the others are heard when it is
/// rendered.
enum class Fact { event, time, gain, duration, loudness, pitch, brightness, decay, first_number };

/// The values of facts, in the order of Fact, and then the numbers of the vector.
using FactValues = std::array<double, static_cast<std::size_t>(Fact::first_number) + kEventVectorSize>;

[[nodiscard]] constexpr std::size_t index_of(Fact fact) { return static_cast<std::size_t>(fact); }

/// The values that stand in the file; the heard ones are 0.
[[nodiscard]] FactValues values_of(const Event& event, std::uint64_t index, std::uint32_t sample_rate_hz);

/// What is wrong with an expression, and where.
class ExpressionError : public std::runtime_error {
 public:
  ExpressionError(const std::string& message, std::size_t position)
      : std::runtime_error(message), position_(position) {}
  /// In bytes from the beginning of the text.
  [[nodiscard]] std::size_t position() const { return position_; }

 private:
  std::size_t position_;
};

/// A condition that an event meets or does not. From weakest to strongest:
///   a || b,  a && b,  !a,  comparisons < <= > >= == !=,  + -,  * / %,  -a,  numbers, names, ( )
/// Names are event (its number), time (s), gain (dB), v0 to v31, duration (s), loudness (dB), pitch (Hz; 0
/// where there is none), brightness (Hz), decay (s); those of the standard numbers but pitch and decay, in
/// their units, and note, the number pitch (Hz; 0 where the event is noise). A number may have a unit: ms s
/// min Hz kHz dB. A note such as A4 or c#3 is its frequency in Hz, equally tempered, A4 being 440.
class Expression {
 public:
  /// Throws ExpressionError.
  explicit Expression(std::string_view text);

  [[nodiscard]] bool operator()(const FactValues& values) const { return value_(values) != 0.0; }
  /// Whether it asks for what can only be heard.
  [[nodiscard]] bool asks_for_heard() const { return asks_for_heard_; }
  /// The standard numbers that it asks for by their names: their places.
  [[nodiscard]] const std::set<std::size_t>& standard_numbers() const { return standard_numbers_; }

 private:
  std::function<double(const FactValues&)> value_;
  bool asks_for_heard_ = false;
  std::set<std::size_t> standard_numbers_;
};

}  // namespace ictus::compose
