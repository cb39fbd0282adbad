#include "tests/unit/mars/support.hpp"

#include <nlohmann/json.hpp>

#include "lib/mars/generator_file.hpp"
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

models::GeneratorConfig small_generator_config(const std::string& order) {
  const models::TokenizerConfig tokenizer = small_config();
  models::GeneratorConfig c;
  c.id = "small-notes";
  c.order = order;
  c.width = 32;
  c.depth = 2;
  c.heads = 2;
  c.hidden = 64;
  c.families = {"flute", "organ", "synth_lead"};
  c.instruments = {{"pan-flute", "flute"}, {"reed-organ", "organ"}};
  c.lowest_pitch = 57;
  c.highest_pitch = 69;
  c.tokenizer_id = tokenizer.id;
  c.tokenizer_hash = formats::hexadecimal(formats::WeightsHash{});
  c.sample_rate_hz = tokenizer.sample_rate_hz;
  c.code_size = tokenizer.code_size;
  c.codebook_size = tokenizer.codebook_size;
  c.scales = tokenizer.scales;
  return c;
}

models::Labels labels_of(const models::GeneratorConfig& config, std::int64_t family, std::int64_t instrument,
                         std::int64_t pitch, std::int64_t velocity) {
  models::Labels labels(config, 1);
  labels.family[0] = family;
  labels.instrument[0] = instrument;
  labels.pitch[0] = pitch;
  labels.velocity[0] = velocity;
  return labels;
}

std::shared_ptr<mars::LoadedGenerator> small_generator(const std::string& order) {
  torch::NoGradGuard no_grad;
  torch::manual_seed(12);
  auto loaded = std::make_shared<mars::LoadedGenerator>();
  loaded->config = small_generator_config(order);
  loaded->model = std::make_shared<models::GeneratorImpl>(loaded->config);
  for (auto& [name, tensor] : models::named_parameters(*loaded->model)) {
    tensor.set_requires_grad(false);
    // What training makes matter: places, the sums of codes (which are short before training), the last
    // layer.
    if (name == "places" || name == "no_velocity") torch::Tensor(tensor).normal_(0.0, 0.5);
    if (name == "sum.weight" || name == "before.weight") torch::Tensor(tensor).normal_(0.0, 5.0);
    if (name == "logits.weight") torch::Tensor(tensor).normal_(0.0, 0.2);
  }
  loaded->model->show_pitches(torch::randn({13, 4, models::kTones * 4}));
  return loaded;
}

namespace {

std::string file_bytes(const char* format, const nlohmann::json& config,
                       const models::NamedTensors& tensors) {
  formats::TensorFile file;
  file.metadata["format"] = format;
  file.metadata["version"] = "1";
  file.metadata["config"] = config.dump();
  store(file, "", tensors, formats::DType::f16);
  const auto bytes = formats::serialise_safetensors(file);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

std::string weights_bytes(const mars::LoadedTokenizer& tokenizer) {
  return file_bytes(mars::kTokenizerFormat, tokenizer.model->config, tokenizer.model->parameters());
}

std::string weights_bytes(const mars::LoadedGenerator& generator) {
  return file_bytes(mars::kGeneratorFormat, generator.config, models::named_parameters(*generator.model));
}

}  // namespace ictus::tests
