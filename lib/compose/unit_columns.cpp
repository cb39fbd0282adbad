#include "lib/compose/unit_columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "formats/number_names.hpp"
#include "lib/compose/standard_places.hpp"
#include "lib/core/pitch.hpp"
#include "lib/core/utf8.hpp"
#include "lib/notes/note_name.hpp"

namespace ictus::compose {
namespace {

using formats::kStandardNumbers;

double key_of(const Vector& vector) {
  return key_of_hz(static_cast<double>(kStandardNumbers[kPitchPlace].value_of(vector[kPitchPlace])));
}

/// In the order of the standard numbers.
constexpr std::array<float, kStandardNumbers.size()> kPlain{440.0F,  // pitch
                                                            60.0F,   // balance
                                                            0.0F,    // glide
                                                            0.2F,    // glide_time
                                                            0.0F,    // vibrato
                                                            5.5F,    // vibrato_rate
                                                            0.0F,    // vibrato_phase
                                                            0.01F,   // attack
                                                            0.5F,    // hold
                                                            0.1F,    // damping
                                                            3.0F,    // decay
                                                            1.0F,    // tilt
                                                            1e-6F,   // inharmonicity
                                                            -60.0F,  // room
                                                            0.8F,    // room_time
                                                            0.0F};   // position

}  // namespace

std::string unit_column(std::size_t place) {
  const formats::StandardNumber& number = kStandardNumbers[place];
  return number.unit.empty() ? std::string(number.name)
                             : fmt::format("{}_{}", number.name, lower_case(number.unit));
}

std::optional<std::size_t> number_of_unit_column(std::string_view column) {
  for (std::size_t place = 0; place < kStandardNumbers.size(); ++place)
    if (unit_column(place) == column) return place;
  return std::nullopt;
}

std::vector<std::string> unit_columns() {
  std::vector<std::string> names = {std::string(kNoteColumn), std::string(kCentsColumn)};
  for (std::size_t place = 0; place < kStandardNumbers.size(); ++place)
    if (place != kPitchPlace) names.push_back(unit_column(place));
  return names;
}

std::vector<std::string> unit_cells(const Vector& vector, bool on_steps) {
  const double key = key_of(vector);
  const double note = std::round(key);
  std::vector<std::string> cells = {notes::pitch_name(static_cast<int>(note)),
                                    fmt::format("{:.{}f}", 100.0 * (key - note), on_steps ? 2 : 4)};
  for (std::size_t place = 0; place < kStandardNumbers.size(); ++place) {
    if (place == kPitchPlace) continue;
    const float value = kStandardNumbers[place].value_of(vector[place]);
    // What is 0 but for rounding is 0.
    const bool is_zero = !kStandardNumbers[place].is_ratio && std::abs(value) < 1e-6F;
    cells.push_back(is_zero ? "0" : fmt::format("{:.{}g}", value, on_steps ? 5 : 9));
  }
  return cells;
}

std::optional<float> pitch_number(double key, double cents) {
  const formats::StandardNumber& pitch = kStandardNumbers[kPitchPlace];
  const double hz = hz_of_key(key + cents / 100.0);
  // The ends themselves count, in spite of rounding.
  constexpr double kRounding = 1e-5;
  if (hz < static_cast<double>(pitch.low) * (1.0 - kRounding)) return std::nullopt;
  if (hz > static_cast<double>(pitch.high) * (1.0 + kRounding)) return std::nullopt;
  return std::clamp(pitch.number_of(static_cast<float>(hz)), -1.0F, 1.0F);
}

Vector plain_vector() {
  Vector vector{};
  for (std::size_t place = 0; place < kPlain.size(); ++place)
    vector[place] = kStandardNumbers[place].number_of(kPlain[place]);
  return vector;
}

}  // namespace ictus::compose
