#include "models/mars/discriminator.hpp"

#include "lib/dsp/cmx.hpp"

namespace ictus::models {
namespace {

namespace nn = torch::nn;

// Multiplexed by little, so that the critic sees single partials and is still cheap.
constexpr dsp::CmxFactors kFactors{4, 4};
constexpr int kChannels = 48;

nn::Conv2d conv(std::int64_t from, std::int64_t to, std::int64_t stride) {
  return nn::Conv2d(nn::Conv2dOptions(from, to, 3).stride(stride).padding(1));
}

nn::LeakyReLU leaky() { return nn::LeakyReLU(nn::LeakyReLUOptions().negative_slope(0.2)); }

}  // namespace

ImageDiscriminatorImpl::ImageDiscriminatorImpl(const TokenizerConfig& /*config*/) {
  layers_->push_back(conv(kFactors.rows * kFactors.columns, kChannels, 2));
  layers_->push_back(leaky());
  layers_->push_back(conv(kChannels, 2 * kChannels, 2));
  layers_->push_back(leaky());
  layers_->push_back(conv(2 * kChannels, 2 * kChannels, 1));
  layers_->push_back(leaky());
  layers_->push_back(conv(2 * kChannels, 1, 1));
  register_module("layers", layers_);
}

torch::Tensor ImageDiscriminatorImpl::forward(const torch::Tensor& image) {
  return layers_->forward(dsp::cmx(image, kFactors));
}

}  // namespace ictus::models
