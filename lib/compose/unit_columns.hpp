// The columns in which lists say the standard numbers of events in their units: "note", "cents", "attack_s".
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/compose/vector_spread.hpp"

namespace ictus::compose {

/// Of the pitch, in place of its frequency: the nearest note, and how far above it the pitch lies.
inline constexpr std::string_view kNoteColumn = "note";
inline constexpr std::string_view kCentsColumn = "cents";

/// The name of a standard number's column: "attack_s" of the number attack, which is in s.
[[nodiscard]] std::string unit_column(std::size_t place);
/// The standard number whose column is called so.
[[nodiscard]] std::optional<std::size_t> number_of_unit_column(std::string_view column);

/// The names of all of them in order, with note and cents for the pitch.
[[nodiscard]] std::vector<std::string> unit_columns();
/// What stands in them for a vector; more digits for numbers that lie on no steps.
[[nodiscard]] std::vector<std::string> unit_cells(const Vector& vector, bool on_steps);

/// The number of a pitch so many cents above a key. Nothing where it lies beyond what an event can have.
[[nodiscard]] std::optional<float> pitch_number(double key, double cents);

/// What an event is of which nothing is said: A4, half a second of partials without noise, glide or vibrato,
/// in the middle, with a timbre of zeros.
[[nodiscard]] Vector plain_vector();
inline constexpr float kPlainGainDb = -20.0F;

}  // namespace ictus::compose
