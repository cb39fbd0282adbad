// Any number of channels as one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "lib/audio/speakers.hpp"

namespace ictus::audio {

/// How much of each channel goes into one: by its speaker after ITU-R BS.775-4, annex 4, table 2, which
/// leaves out low frequencies; of a pair or of unknown speakers the mean.
[[nodiscard]] std::vector<double> mono_weights(const Speakers& speakers, std::size_t channels);

/// Mixes a stream of frames, a tenth of a second at a time, so that how it is pushed does not matter.
///
/// Channels that cancel each other would leave silence. Where a tenth of a second of the mix has lost nearly
/// all power, channels are taken with reversed polarity, up to where the plain mix keeps its power again.
class MonoMix {
 public:
  MonoMix(const Speakers& speakers, std::size_t channels, int sample_rate_hz);

  /// Whole frames; what is mixed by now is appended to `mono`. Non-finite samples (and those beyond 1e30)
  /// become 0 and are counted.
  void push(std::span<const float> interleaved, std::vector<float>& mono);
  void finish(std::vector<float>& mono);

  [[nodiscard]] std::uint64_t non_finite_samples() const { return non_finite_samples_; }
  /// After the end: whether the mix lost power, and where polarity was reversed.
  [[nodiscard]] std::vector<std::string> remarks() const;

 private:
  void mix_block(std::vector<float>& mono);
  void mix_with(const std::vector<double>& weights, std::vector<double>& mixed) const;
  [[nodiscard]] std::vector<double> reversed_weights() const;

  std::size_t channels_;
  double sample_rate_hz_;
  std::size_t block_samples_;   ///< of all channels
  std::vector<double> plain_;   ///< weights
  std::vector<double> in_use_;  ///< the same, some of them negative
  std::vector<float> block_;    ///< interleaved
  std::vector<double> mixed_;
  std::vector<double> faded_in_;
  std::uint64_t frames_ = 0;
  std::uint64_t reversed_frames_ = 0;
  std::uint64_t first_reversed_ = 0;
  std::uint64_t non_finite_samples_ = 0;
  double channel_power_ = 0.0;  ///< sum over frames of the mean over channels
  double mix_power_ = 0.0;
};

}  // namespace ictus::audio
