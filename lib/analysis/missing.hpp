// Sound that can be heard and that an explanation leaves out, however near it is on the whole.
#pragma once

#include <vector>

#include "lib/analysis/target.hpp"

namespace ictus::analysis {

/// A mean distance hardly tells whether a soft tone beside a loud one is there. This does: it looks at sixths
/// of an octave and moments of 93 ms whose power is masked by nothing else.
class Missing {
 public:
  /// What may be short in a sixth: as much as two moments without it, in all of the target.
  static constexpr float kMostDb = 20.0F;

  /// `target` has whole views().
  explicit Missing(const Target& target);

  /// [sixths] by how much moments that are heard are too soft, beyond 15 dB and up to 10 dB each, summed, dB.
  [[nodiscard]] std::vector<float> shortfall_db(const PowerMaps& explained) const;
  /// Whether more is short in some sixth than may be.
  [[nodiscard]] bool is_any(const PowerMaps& explained) const;

 private:
  [[nodiscard]] synthesis::PowerMap moments_of(const synthesis::PowerMap& fine) const;

  std::vector<int> sixth_of_band_;  ///< -1: of none
  int sixths_;
  synthesis::PowerMap sound_;  ///< [sixths, moments]
  std::vector<bool> heard_;    ///< [sixths, moments]
};

}  // namespace ictus::analysis
