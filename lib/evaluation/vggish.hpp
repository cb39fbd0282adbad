// VGGish: the network whose embeddings the Frechet audio distance is commonly taken over (Hershey et al.
// 2017).
#pragma once

#include <memory>
#include <span>
#include <string>

#include "lib/dsp/torch_compat.hpp"

namespace ictus::evaluation {

inline constexpr int kVggishSampleRateHz = 16000;

/// What the network sees of mono samples at 16 kHz: [n, 96, 64], pictures of 0.96 s that do not overlap.
/// Frames of 25 ms (400 samples, periodic Hann) every 10 ms, FFT 512, magnitudes, 64 mel bands of HTK from
/// 125 to 7500 Hz, ln(x + 0.01) (the published front end, vggish_input.py). Sound shorter than a picture is
/// followed by silence; a last part that does not fill one is left out.
[[nodiscard]] torch::Tensor vggish_pictures(std::span<const float> samples);

/// The network with weights of the user's. May be used by several threads at once.
class Vggish {
 public:
  /// `path` is a safetensors file with the tensors of torchvggish: features.{0,3,6,8,11,13} (3 x 3
  /// convolutions to 64, 128, 256, 256, 512 and 512 channels) and embeddings.{0,2,4} (12,288 to 4,096 to
  /// 4,096 to 128), each with .weight and .bias; tensors of its post-processing, pproc.*, are not used.
  /// Throws ictus::Error with a remedy when the file is missing or other, or the device is not there.
  Vggish(const std::string& path, const std::string& device);
  ~Vggish();
  Vggish(const Vggish&) = delete;
  Vggish& operator=(const Vggish&) = delete;

  /// Embeddings [n, 128] of pictures [n, 96, 64], on the processor: without the last ReLU, without PCA.
  [[nodiscard]] torch::Tensor embed(const torch::Tensor& pictures) const;

 private:
  struct Network;
  std::unique_ptr<Network> network_;
};

}  // namespace ictus::evaluation
