// What is particular to a token prior: its recipe, its pyramids, the bits of a batch and of held-out tokens.
#pragma once

#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "formats/token_pyramid.hpp"
#include "lib/mars/model_file.hpp"
#include "lib/train/task.hpp"
#include "models/mars/prior.hpp"

namespace ictus::train {

struct PriorRecipe : Schedule {
  double rate = 2e-3;      ///< learning rate at the start
  int tokens_a_clip = 64;  ///< that are learned from at a time, of each of a batch's clips

  PriorRecipe() {
    steps = 8000;
    batch = 16;
    average_decay = 0.998;
    validation_excerpts = 200;
  }
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(PriorRecipe, steps, batch, rate, tokens_a_clip, last_rate,
                                                clip_norm, average_decay, log_every, validate_every,
                                                checkpoint_every, validation_excerpts)

/// Throws ictus::Error that names the first value that is out of range.
void check(const PriorRecipe& recipe);

/// Sizes of a prior for this tokenizer, the others as they are by themselves.
models::PriorConfig prior_config(const mars::LoadedTokenizer& tokenizer);

class PriorTask : public Task {
 public:
  /// Reads the token pyramids below the folder; `find_prior` is for those that are packed already. Throws
  /// ictus::Error when there is none, or one is of another tokenizer.
  PriorTask(const models::PriorConfig& config, const PriorRecipe& recipe,
            std::shared_ptr<const mars::LoadedTokenizer> tokenizer, const formats::FindPrior& find_prior,
            const Sound& pyramids, const torch::Device& device);

  [[nodiscard]] double training_hours() const override { return hours_of(training_); }
  [[nodiscard]] double validation_hours() const override { return hours_of(validation_); }
  [[nodiscard]] models::NamedTensors parameters() const override;
  [[nodiscard]] double learning_rate(const std::string& /*parameter*/) const override { return recipe_.rate; }
  /// From the tokenizer's codes.
  void start_from_data(std::mt19937_64& random) override;
  Gradients gradients(const Share& share) override;
  /// Bits of a held-out token, of all scales and of each.
  Figures validate() override;
  [[nodiscard]] std::string step_words(const Figures& figures) const override;
  [[nodiscard]] std::string validation_words(const Figures& figures) const override;

 private:
  using Clips = std::vector<formats::TokenClip>;

  /// A token of a clip, and what it is expected from.
  struct Example {
    formats::TokenContext context;
    std::int64_t token = 0;
    std::size_t scale = 0;
  };

  void read(const std::string& path, const formats::FindPrior& find_prior, bool held_out);
  [[nodiscard]] double hours_of(const Clips& clips) const;
  /// Token `number` of a clip, counted over all scales.
  [[nodiscard]] Example example_of(const formats::TokenClip& clip, std::size_t number) const;
  /// Bits of each, [B].
  [[nodiscard]] torch::Tensor bits_of(const std::vector<Example>& examples);

  models::PriorConfig config_;
  PriorRecipe recipe_;
  std::shared_ptr<const mars::LoadedTokenizer> tokenizer_;
  formats::PyramidShape shape_;
  torch::Device device_;
  models::PriorNetwork network_;
  Clips training_, validation_;
};

}  // namespace ictus::train
