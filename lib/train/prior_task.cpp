#include "lib/train/prior_task.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <numbers>

#include "lib/core/error.hpp"
#include "lib/core/file_bytes.hpp"
#include "lib/core/utf8.hpp"
#include "lib/mars/loaded_tokenizer.hpp"

namespace ictus::train {
namespace {

constexpr std::uint64_t kHeldOutOneIn = 40;

std::size_t tokens_of(const formats::TokenClip& clip) {
  std::size_t tokens = 0;
  for (const auto& scale : clip.scales) tokens += scale.size();
  return tokens;
}

/// Names of the files below a folder that end as token pyramids do, in order.
std::vector<std::string> pyramids_below(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file() && entry.path().extension() == ".mars")
      names.push_back(std::filesystem::relative(entry.path(), folder).string());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

void check(const PriorRecipe& r) {
  check(static_cast<const Schedule&>(r));
  require_recipe(r.rate >= 0, "rate must not be negative");
  require_recipe(r.tokens_a_clip >= 1, "tokens_a_clip must be 1 or more");
}

models::PriorConfig prior_config(const mars::LoadedTokenizer& tokenizer) {
  const formats::PyramidShape& shape = mars::shape(tokenizer);
  models::PriorConfig config;
  config.tokenizer_id = mars::model_id(tokenizer);
  config.tokenizer_hash = formats::hexadecimal(mars::weights_hash(tokenizer));
  config.id = config.tokenizer_id + "-prior";
  config.clip_samples = shape.clip_samples;
  config.clip_columns = shape.clip_columns;
  config.code_size = tokenizer.model->config.code_size;
  config.codebook_size = static_cast<int>(shape.codebook_size);
  config.scales = tokenizer.model->config.scales;
  return config;
}

PriorTask::PriorTask(const models::PriorConfig& config, const PriorRecipe& recipe,
                     std::shared_ptr<const mars::LoadedTokenizer> tokenizer,
                     const formats::FindPrior& find_prior, const Sound& pyramids, const torch::Device& device)
    : config_(config),
      recipe_(recipe),
      tokenizer_(std::move(tokenizer)),
      shape_(config.shape()),
      device_(device),
      network_(config) {
  if (config.tokenizer_hash != formats::hexadecimal(mars::weights_hash(*tokenizer_)))
    throw Error("the configuration is that of a prior for another tokenizer",
                "name that one with --tokenizer, or start anew");
  network_->to(device);
  for (const std::string& name : pyramids_below(pyramids.folder)) {
    if (pyramids.stop_requested()) return;
    const bool is_held_out = XXH3_64bits(name.data(), name.size()) % kHeldOutOneIn == 0;
    read((std::filesystem::path(pyramids.folder) / name).string(), find_prior, is_held_out);
  }
  if (training_.empty())
    throw Error(fmt::format("{}: no token pyramids to learn from", printable(pyramids.folder)),
                "'ictus encode --codec mars' makes them");
  if (validation_.empty()) validation_.push_back(training_.back());
}

void PriorTask::read(const std::string& path, const formats::FindPrior& find_prior, bool held_out) {
  const std::vector<std::byte> bytes = file_bytes(path, "give a folder of token pyramids");
  std::size_t at = 0;
  const auto source = [&](std::span<std::byte> into) {
    const std::size_t count = std::min(into.size(), bytes.size() - at);
    std::memcpy(into.data(), bytes.data() + at, count);
    at += count;
    return count;
  };
  try {
    formats::TokenPyramidReader reader(source, find_prior);
    if (reader.header().weights_hash != mars::weights_hash(*tokenizer_))
      throw Error("made by another tokenizer", "name that one with --tokenizer");
    while (auto clip = reader.next())
      if (!clip->scales.empty()) (held_out ? validation_ : training_).push_back(std::move(*clip));
  } catch (const Error& error) {
    throw Error(fmt::format("{}: {}", printable(path), error.what()), error.hint());
  }
}

models::NamedTensors PriorTask::parameters() const { return models::named_parameters(*network_); }

double PriorTask::hours_of(const Clips& clips) const {
  double samples = 0.0;
  for (const formats::TokenClip& clip : clips)
    samples += static_cast<double>(clip.columns) * shape_.column_samples();
  return samples / mars::sample_rate_hz(*tokenizer_) / 3600.0;
}

void PriorTask::start_from_data(std::mt19937_64& /*random*/) {
  network_->take_codes(tokenizer_->model->quantiser->codes());
}

PriorTask::Example PriorTask::example_of(const formats::TokenClip& clip, std::size_t number) const {
  std::size_t scale = 0;
  for (; number >= clip.scales[scale].size(); ++scale) number -= clip.scales[scale].size();
  return {formats::token_context(shape_, clip.columns, std::span(clip.scales).first(scale + 1), number),
          clip.scales[scale][number], scale};
}

torch::Tensor PriorTask::bits_of(const std::vector<Example>& examples) {
  std::vector<formats::TokenContext> contexts;
  std::vector<std::int64_t> tokens;
  for (const Example& example : examples) {
    contexts.push_back(example.context);
    tokens.push_back(example.token);
  }
  models::PriorContexts seen = models::prior_contexts(config_, contexts);
  for (torch::Tensor* const part : {&seen.beside, &seen.around, &seen.above, &seen.row, &seen.column})
    *part = part->to(device_);
  const torch::Tensor logits = network_->forward(seen);  // [B, codebook size]
  return torch::nn::functional::cross_entropy(
             logits, torch::tensor(tokens).to(device_),
             torch::nn::functional::CrossEntropyFuncOptions().reduction(torch::kNone)) /
         std::numbers::ln2;
}

Gradients PriorTask::gradients(const Share& share) {
  std::vector<Example> examples;
  for (int i = 0; i < share.count; ++i) {
    std::mt19937_64 random = share.random_at(share.first + i);
    const formats::TokenClip& clip =
        training_[std::uniform_int_distribution<std::size_t>(0, training_.size() - 1)(random)];
    std::uniform_int_distribution<std::size_t> number(0, tokens_of(clip) - 1);
    for (int k = 0; k < recipe_.tokens_a_clip; ++k) examples.push_back(example_of(clip, number(random)));
  }
  return gradients_by(bits_of(examples).mean(), parameters(), "bits");
}

Figures PriorTask::validate() {
  torch::NoGradGuard no_grad;
  std::vector<double> bits(shape_.scales.size(), 0.0), counts(shape_.scales.size(), 0.0);
  const std::size_t clips =
      std::min(validation_.size(), static_cast<std::size_t>(recipe_.validation_excerpts));
  for (std::size_t i = 0; i < clips; ++i) {
    std::vector<Example> examples;
    for (std::size_t k = 0; k < tokens_of(validation_[i]); ++k)
      examples.push_back(example_of(validation_[i], k));
    const torch::Tensor each = bits_of(examples).cpu();
    for (std::size_t k = 0; k < examples.size(); ++k) {
      bits[examples[k].scale] += each[static_cast<std::int64_t>(k)].item<double>();
      counts[examples[k].scale] += 1.0;
    }
  }
  Figures figures;
  double all_bits = 0.0;
  double all_counts = 0.0;
  for (std::size_t scale = 0; scale < bits.size(); ++scale) {
    if (counts[scale] > 0.0) figures[fmt::format("val_bits_scale_{}", scale)] = bits[scale] / counts[scale];
    all_bits += bits[scale];
    all_counts += counts[scale];
  }
  figures["val_bits"] = all_bits / all_counts;
  return figures;
}

std::string PriorTask::step_words(const Figures& figures) const {
  return fmt::format("{:.2f} bits a token", figures.at("bits"));
}

std::string PriorTask::validation_words(const Figures& figures) const {
  std::string words = fmt::format("held out {:.3f} bits a token, of scales", figures.at("val_bits"));
  for (std::size_t scale = 0; scale < shape_.scales.size(); ++scale) {
    const auto found = figures.find(fmt::format("val_bits_scale_{}", scale));
    words += found == figures.end() ? " -" : fmt::format(" {:.2f}", found->second);
  }
  return words;
}

}  // namespace ictus::train
