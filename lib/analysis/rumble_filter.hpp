// What lies far below hearing is taken away, such as an offset: no event can say it, and it hides what is
// heard.
#pragma once

#include <array>
#include <span>
#include <vector>

namespace ictus::analysis {

/// A high-pass at 4 Hz, for streams: fourth order, Butterworth. An offset is gone after a quarter of a
/// second; 1 Hz loses 48 dB, 15 Hz 0.0001 dB.
class RumbleFilter {
 public:
  RumbleFilter(int sample_rate_hz, int channels);

  /// The samples that follow, channels side by side; they are changed in place.
  void apply(std::span<float> samples);

 private:
  /// A second-order section: numerator scale * (1 - 2 z^-1 + z^-2), denominator 1 + a1 z^-1 + a2 z^-2.
  struct Section {
    double scale, a1, a2;
  };
  struct Memory {
    double first = 0.0, second = 0.0;
  };
  static constexpr std::size_t kSections = 2;

  std::array<Section, kSections> sections_{};
  std::vector<std::array<Memory, kSections>> memories_;  ///< of each channel
};

}  // namespace ictus::analysis
