// Any number of channels as one, or as left and right.
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

struct StereoWeights {
  std::vector<double> left;  ///< one for each channel
  std::vector<double> right;
};

/// How much of each channel goes to the left and to the right, by the same table. Two channels stay as they
/// are, each on the side of its speaker; a single one, and the mean of unknown speakers, goes to both sides.
[[nodiscard]] StereoWeights stereo_weights(const Speakers& speakers, std::size_t channels);

/// Mixes a stream of frames, a tenth of a second at a time, so that how it is pushed does not matter. What
/// has as many channels as are wanted already, each in its place, goes through untouched and at once.
///
/// Channels that cancel each other would leave silence. Where a tenth of a second of a mix has lost nearly
/// all power, channels are taken with reversed polarity, up to where the plain mix keeps its power again.
/// Left and right are two such mixes.
class ChannelMix {
 public:
  /// To `outputs` channels, 1 or 2.
  ChannelMix(const Speakers& speakers, std::size_t channels, int sample_rate_hz, std::size_t outputs = 1);

  /// Whole frames; what is mixed by now is appended to `mixed`, whole frames of `outputs` samples. Non-finite
  /// samples (and those beyond 1e30) become 0 and are counted.
  void push(std::span<const float> interleaved, std::vector<float>& mixed);
  void finish(std::vector<float>& mixed);

  [[nodiscard]] std::uint64_t non_finite_samples() const { return non_finite_samples_; }
  /// After the end: whether the mix lost power, and where polarity was reversed.
  [[nodiscard]] std::vector<std::string> remarks() const;

 private:
  struct Output {
    std::vector<double> plain;   ///< weights
    std::vector<double> in_use;  ///< the same, some of them negative
    /// Channels that this mix may lose: those that go into it, and those that go into none.
    std::vector<std::size_t> own;
    std::vector<double> mixed;  ///< of the current block
  };

  void mix_block(std::vector<float>& mixed);
  /// Mixes the current block; returns the mean power of its channels.
  double mix_output(Output& output);
  void mix_with(const std::vector<double>& weights, std::vector<double>& mixed) const;
  [[nodiscard]] std::vector<double> reversed_weights(const std::vector<double>& plain) const;

  std::size_t channels_;
  double sample_rate_hz_;
  std::size_t block_samples_;  ///< of all channels
  std::vector<Output> outputs_;
  bool is_untouched_;         ///< each output is one channel, in their order
  std::vector<float> block_;  ///< interleaved
  std::vector<double> faded_in_;
  std::uint64_t frames_ = 0;
  std::uint64_t reversed_frames_ = 0;
  std::uint64_t first_reversed_ = 0;
  std::uint64_t non_finite_samples_ = 0;
  double channel_power_ = 0.0;  ///< sum over frames of the mean over channels, mean of the outputs
  double mix_power_ = 0.0;      ///< mean of the outputs
};

}  // namespace ictus::audio
