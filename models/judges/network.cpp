#include "models/judges/network.hpp"

namespace ictus::models {
namespace {

namespace nn = torch::nn;

constexpr int kGroups = 8;  // of channels that are normalised together

nn::Conv2d conv(std::int64_t from, std::int64_t to, std::int64_t size, int band_step = 1,
                int frame_step = 1) {
  return nn::Conv2d(nn::Conv2dOptions(from, to, size).stride({band_step, frame_step}).padding(size / 2));
}

/// x + two convolutions of x; nothing is added at first.
class JudgeBlockImpl : public nn::Module {
 public:
  explicit JudgeBlockImpl(std::int64_t channels) {
    conv1_ = register_module("conv1", conv(channels, channels, 3));
    norm_ = register_module("norm", nn::GroupNorm(kGroups, channels));
    conv2_ = register_module("conv2", conv(channels, channels, 3));
    nn::init::zeros_(conv2_->weight);
    nn::init::zeros_(conv2_->bias);
  }
  torch::Tensor forward(const torch::Tensor& x) {
    return x + conv2_->forward(torch::relu(norm_->forward(conv1_->forward(x))));
  }

 private:
  nn::Conv2d conv1_{nullptr}, conv2_{nullptr};
  nn::GroupNorm norm_{nullptr};
};
TORCH_MODULE(JudgeBlock);

}  // namespace

JudgeNetworkImpl::JudgeNetworkImpl(const JudgeConfig& c) {
  int from = 1;
  for (std::size_t i = 0; i < c.channels.size(); ++i) {
    levels_->push_back(conv(from, c.channels[i], i == 0 ? 5 : 3, c.band_steps[i], c.frame_steps[i]));
    levels_->push_back(nn::GroupNorm(kGroups, c.channels[i]));
    levels_->push_back(nn::ReLU());
    for (int block = 0; block < c.blocks[i]; ++block) levels_->push_back(JudgeBlock(c.channels[i]));
    from = c.channels[i];
  }
  register_module("levels", levels_);
  embed_ = register_module("embed", nn::Linear(2 * from * c.last_bands(), c.embedding_size));
  decide_ =
      register_module("decide", nn::Linear(c.embedding_size, static_cast<std::int64_t>(c.classes().size())));
}

torch::Tensor JudgeNetworkImpl::features(const torch::Tensor& image) {
  const torch::Tensor x = levels_->forward(image);  // [B, C, last bands, last frames]
  return torch::cat({x.mean(3), x.amax(3)}, 1).flatten(1);
}

Judgement JudgeNetworkImpl::answer(const torch::Tensor& features) {
  const torch::Tensor embeddings = embed_->forward(features);
  return {decide_->forward(torch::relu(embeddings)), embeddings};
}

}  // namespace ictus::models
