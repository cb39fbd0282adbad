#include "tests/unit/mars/support.hpp"

#include <nlohmann/json.hpp>

#include "lib/mars/model_file.hpp"
#include "lib/weights/tensor_file.hpp"

namespace ictus::tests {

models::TokenizerConfig small_config() {
  models::TokenizerConfig c;
  c.id = "small";
  c.sample_rate_hz = 8000;
  c.window_samples = 256;
  c.hop_samples = 64;
  c.clip_frames = 32;
  c.cmx_regions = {{64, 16}, {64, 16}};
  c.cmx_columns = 4;
  c.outer_channels = 16;
  c.inner_channels = 16;
  c.encoder_blocks = 1;
  c.decoder_blocks = 1;
  c.attention_heads = 2;
  c.full_band_channels = 4;
  c.full_band_hidden = 16;
  c.code_size = 4;
  c.codebook_size = 16;
  c.scales = {{1, 1}, {2, 2}, {4, 3}};
  return c;
}

std::shared_ptr<mars::LoadedTokenizer> small_tokenizer() {
  torch::NoGradGuard no_grad;
  torch::manual_seed(11);
  auto loaded = std::make_shared<mars::LoadedTokenizer>();
  loaded->model = std::make_shared<models::Tokenizer>(small_config(), torch::kCPU);
  loaded->shape = loaded->model->config.shape();
  for (auto& [name, tensor] : loaded->model->parameters()) {
    tensor.set_requires_grad(false);
    if (!tensor.any().item<bool>()) torch::Tensor(tensor).normal_(0.0, 0.05);
  }
  return loaded;
}

std::string weights_bytes(const mars::LoadedTokenizer& tokenizer) {
  formats::TensorFile file;
  file.metadata["format"] = mars::kTokenizerFormat;
  file.metadata["version"] = "1";
  file.metadata["config"] = nlohmann::json(tokenizer.model->config).dump();
  store(file, "", tokenizer.model->parameters(), formats::DType::f16);
  const auto bytes = formats::serialise_safetensors(file);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace ictus::tests
