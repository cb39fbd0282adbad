// The network of a judge: strided convolutions with residual blocks over the image, pooled over time alone,
// so that where on the frequency axis something lies is kept; then two dense layers.
#pragma once

#include "lib/dsp/torch_compat.hpp"
#include "models/judges/config.hpp"

namespace ictus::models {

struct Judgement {
  torch::Tensor logits;      ///< [B, classes]
  torch::Tensor embeddings;  ///< [B, embedding size]
};

class JudgeNetworkImpl : public torch::nn::Module {
 public:
  explicit JudgeNetworkImpl(const JudgeConfig& config);

  /// Images [B, 1, bands, frames] to features [B, 2 * last channels * last bands]: mean and maximum over
  /// time.
  torch::Tensor features(const torch::Tensor& image);
  Judgement answer(const torch::Tensor& features);

 private:
  torch::nn::Sequential levels_;
  torch::nn::Linear embed_{nullptr}, decide_{nullptr};
};
TORCH_MODULE(JudgeNetwork);

}  // namespace ictus::models
