#include "models/mars/tokenizer.hpp"

namespace ictus::models {
namespace {

TokenizerConfig checked(const TokenizerConfig& config) {
  check(config);
  return config;
}

}  // namespace

Tokenizer::Tokenizer(const TokenizerConfig& config_, const torch::Device& device_)
    : config(checked(config_)), device(device_) {
  encoder = TokenizerEncoder(config);
  quantiser = Quantiser(config);
  decoder = TokenizerDecoder(config);
  encoder->to(device);
  quantiser->to(device);
  decoder->to(device);
}

torch::Tensor Tokenizer::image_of_tokens(const std::vector<torch::Tensor>& tokens, std::int64_t columns) {
  const std::int64_t batch = tokens.empty() ? 1 : tokens.front().size(0);
  torch::Tensor sum = torch::zeros({batch, config.code_size, config.latent_rows(), columns},
                                   torch::TensorOptions().device(device));
  for (std::size_t scale = 0; scale < tokens.size(); ++scale)
    sum = sum + quantiser->contribution(scale, tokens[scale], config.latent_rows(), columns);
  return decoder->forward(sum);
}

NamedTensors Tokenizer::parameters() const {
  NamedTensors all = named_parameters(*encoder, "encoder.");
  all.merge(named_parameters(*quantiser, "quantiser."));
  all.merge(named_parameters(*decoder, "decoder."));
  return all;
}

void Tokenizer::load(const NamedTensors& tensors) { copy_weights(tensors, parameters()); }

}  // namespace ictus::models
