// Another sample rate for a stream of frames, by soxr at its high quality.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

struct soxr;

namespace ictus::audio {

/// Output sample k lies at the time of input sample k * input_rate / output_rate: the filter's delay is
/// taken out. Beyond its ends the input is silence. How the input is divided into blocks does not
/// change the output. Equal rates copy. Each channel becomes what it would become by itself.
class Resampler {
 public:
  Resampler(int input_rate_hz, int output_rate_hz, std::size_t channels = 1);

  /// Whole frames, channels side by side. Appends to `output` what can be known so far.
  void push(std::span<const float> input, std::vector<float>& output);
  /// Appends what is left, so that the whole output has natural_length() frames, or `exact_frames`.
  /// Throws std::logic_error if more than `exact_frames` were handed out already.
  void finish(std::vector<float>& output);
  void finish(std::uint64_t exact_frames, std::vector<float>& output);
  /// ceil(frames pushed * output_rate / input_rate): never 0 for a stream that is not empty.
  [[nodiscard]] std::uint64_t natural_length() const;

 private:
  void process(std::span<const float> input, std::vector<float>& output);

  struct Deleter {
    void operator()(soxr* resampler) const;
  };

  std::size_t channels_;
  std::uint64_t input_rate_hz_;
  std::uint64_t output_rate_hz_;
  std::unique_ptr<soxr, Deleter> soxr_;  ///< none if the rates are equal
  std::uint64_t frames_in_ = 0;
  std::uint64_t frames_out_ = 0;
};

}  // namespace ictus::audio
