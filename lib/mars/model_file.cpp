#include "lib/mars/model_file.hpp"

#include <fmt/format.h>

#include <cmath>

#include "lib/core/error.hpp"
#include "lib/dsp/device.hpp"
#include "lib/mars/loaded_tokenizer.hpp"
#include "lib/weights/tensor_file.hpp"

namespace ictus::mars {
namespace {

constexpr const char* kTokenizerRemedy =
    "name a tokenizer with --model, or reinstall the one that came with ictus";

}  // namespace

std::shared_ptr<const LoadedTokenizer> load_tokenizer(const std::string& path,
                                                      const std::string& device_name) {
  use_one_thread_per_caller();
  const torch::Device device = dsp::usable_device(device_name);
  const StoredTensors stored = read_weights(path, kTokenizerFormat, "a tokenizer", kTokenizerRemedy);
  auto loaded = std::make_shared<LoadedTokenizer>();
  loaded->take_facts(stored);
  try {
    torch::manual_seed(0);  // the weights drawn here are replaced below
    loaded->model = std::make_shared<models::Tokenizer>(stored.config<models::TokenizerConfig>(), device);
    loaded->model->load(fetch(stored.file, "", device));
    for (auto& [name, tensor] : loaded->model->parameters()) tensor.set_requires_grad(false);
  } catch (const Error& error) {
    throw Error(fmt::format("{}: {}", path, error.what()), kTokenizerRemedy);
  }
  loaded->shape = loaded->model->config.shape();
  return loaded;
}

const std::string& model_id(const LoadedTokenizer& tokenizer) { return tokenizer.model->config.id; }
const formats::WeightsHash& weights_hash(const LoadedTokenizer& tokenizer) { return tokenizer.hash; }
int sample_rate_hz(const LoadedTokenizer& tokenizer) { return tokenizer.model->config.sample_rate_hz; }
const formats::PyramidShape& shape(const LoadedTokenizer& tokenizer) { return tokenizer.shape; }
std::int16_t full_scale_centibels(const LoadedTokenizer& tokenizer) {
  return static_cast<std::int16_t>(std::lround(10.0 * tokenizer.model->config.full_scale_db()));
}
const std::map<std::string, std::string>& metadata(const LoadedTokenizer& tokenizer) {
  return tokenizer.metadata;
}
std::size_t file_bytes(const LoadedTokenizer& tokenizer) { return tokenizer.bytes; }
std::vector<PartSize> part_sizes(const LoadedTokenizer& tokenizer) {
  return ictus::part_sizes(tokenizer.model->parameters());
}

}  // namespace ictus::mars
