// Places of the standard numbers that operations on lists know, and what counts as noise.
#pragma once

#include <cstddef>

#include "formats/event.hpp"
#include "formats/number_names.hpp"
#include "lib/compose/vector_spread.hpp"

namespace ictus::compose {

inline constexpr std::size_t kPitchPlace = formats::standard_place("pitch").value();
inline constexpr std::size_t kBalancePlace = formats::standard_place("balance").value();

/// An event whose partials are softer than this against its noise is noise: they are not heard. It lies
/// between two steps of the balance.
inline constexpr float kLeastTonalDb = -19.0F;

[[nodiscard]] inline bool is_noise(const Vector& vector) {
  return formats::kStandardNumbers[kBalancePlace].value_of(vector[kBalancePlace]) < kLeastTonalDb;
}

}  // namespace ictus::compose
