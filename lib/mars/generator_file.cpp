#include "lib/mars/generator_file.hpp"

#include <fmt/format.h>

#include "lib/core/error.hpp"
#include "lib/dsp/device.hpp"
#include "lib/mars/loaded_generator.hpp"
#include "lib/mars/loaded_tokenizer.hpp"
#include "lib/weights/tensor_file.hpp"

namespace ictus::mars {
namespace {

constexpr const char* kGeneratorRemedy =
    "name a generator with --model, or reinstall the one that came with ictus";

}  // namespace

std::shared_ptr<const LoadedGenerator> load_generator(const std::string& path, const std::string& device) {
  use_one_thread_per_caller();
  auto loaded = std::make_shared<LoadedGenerator>();
  loaded->device = dsp::usable_device(device);
  const StoredTensors stored = read_weights(path, kGeneratorFormat, "a generator", kGeneratorRemedy);
  loaded->take_facts(stored);
  try {
    loaded->config = stored.config<models::GeneratorConfig>();
    models::check(loaded->config);
    torch::manual_seed(0);  // the weights drawn here are replaced below
    loaded->model = std::make_shared<models::GeneratorImpl>(loaded->config);
    loaded->model->to(loaded->device);
    const models::NamedTensors own = models::named_parameters(*loaded->model);
    models::copy_weights(fetch(stored.file, "", loaded->device), own);
    for (const auto& item : own) item.second.set_requires_grad(false);
  } catch (const Error& error) {
    throw Error(fmt::format("{}: {}", path, error.what()), kGeneratorRemedy);
  }
  return loaded;
}

void require_tokenizer(const models::GeneratorConfig& config, const LoadedTokenizer& tokenizer) {
  const std::string hash = formats::hexadecimal(tokenizer.hash);
  if (config.tokenizer_hash != hash)
    throw Error(
        fmt::format("the generator {} writes the tokens of the tokenizer {} (weights {}), and this one is "
                    "{} (weights {})",
                    config.id, config.tokenizer_id, config.tokenizer_hash.substr(0, 8),
                    tokenizer.model->config.id, hash.substr(0, 8)),
        "name the tokenizer that it was trained with, or train a generator for this one with "
        "'ictus train generator'");
  const models::TokenizerConfig& theirs = tokenizer.model->config;
  if (config.code_size != theirs.code_size || config.codebook_size != theirs.codebook_size ||
      config.scales != theirs.scales || config.sample_rate_hz != theirs.sample_rate_hz)
    throw Error(fmt::format("the generator {} is not of the sizes of its tokenizer {}", config.id, theirs.id),
                "train another, without naming these sizes in its configuration");
}

const models::GeneratorConfig& config(const LoadedGenerator& generator) { return generator.config; }
const std::string& model_id(const LoadedGenerator& generator) { return generator.config.id; }
const formats::WeightsHash& weights_hash(const LoadedGenerator& generator) { return generator.hash; }
int sample_rate_hz(const LoadedGenerator& generator) { return generator.config.sample_rate_hz; }
const std::map<std::string, std::string>& metadata(const LoadedGenerator& generator) {
  return generator.metadata;
}
std::size_t file_bytes(const LoadedGenerator& generator) { return generator.bytes; }
std::vector<PartSize> part_sizes(const LoadedGenerator& generator) {
  return ictus::part_sizes(models::named_parameters(*generator.model));
}

}  // namespace ictus::mars
