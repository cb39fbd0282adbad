// What is particular to the tokenizer: its recipe, the loss of a batch, the validation distance.
#pragma once

#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "lib/train/dataset.hpp"
#include "lib/train/task.hpp"
#include "models/mars/distance.hpp"
#include "models/mars/tokenizer.hpp"

namespace ictus::train {

struct TokenizerRecipe : Schedule {
  double network_rate = 8e-4;    ///< learning rates at the start
  double code_rate = 2e-3;       ///< of the codebook
  double bins_weight = 1.0;      ///< of the image's mean |difference|
  double square_weight = 2.0;    ///< of its mean squared difference
  double bands_weight = 1.0;     ///< of the mel bands' mean |difference|, on the image's scale
  double loudness_weight = 0.0;  ///< of thirds of an octave, as loud as they are
  double code_weight = 1.0;
  double commitment_weight = 0.25;
  double dropout_share = 0.1;  ///< excerpts that keep only some of the coarse scales
  int dropout_scales = 3;      ///< the fewest that they keep
  double short_share = 0.15;   ///< batches of clips that are shorter than whole
  int revive_after = 10;       ///< a code that no vector of so many steps was nearest to starts anew
  double revive_until = 0.8;   ///< part of training after which codes stay where they are
  double shifted_share = 0.0;  ///< see Augmentation
  double varispeed_share = 0.3;
  double mixed_share = 0.1;
  double tilted_share = 0.4;
  double floor_share = 0.4;
  double floor_low_db = -65.0;
  double floor_high_db = -25.0;
  double rumble_share = 0.1;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(TokenizerRecipe, steps, batch, network_rate, code_rate,
                                                last_rate, clip_norm, average_decay, bins_weight,
                                                square_weight, bands_weight, loudness_weight, code_weight,
                                                commitment_weight, dropout_share, dropout_scales, short_share,
                                                revive_after, revive_until, shifted_share, varispeed_share,
                                                mixed_share, tilted_share, floor_share, floor_low_db,
                                                floor_high_db, rumble_share, log_every, validate_every,
                                                checkpoint_every, validation_excerpts)

/// Throws ictus::Error that names the first value that is out of range.
void check(const TokenizerRecipe& recipe);

class TokenizerTask : public Task {
 public:
  TokenizerTask(const models::TokenizerConfig& config, const TokenizerRecipe& recipe, const Sound& sound,
                const torch::Device& device);

  [[nodiscard]] double training_hours() const override { return data_.training_hours(); }
  [[nodiscard]] double validation_hours() const override { return data_.validation_hours(); }
  [[nodiscard]] models::NamedTensors parameters() const override { return model_.parameters(); }
  [[nodiscard]] double learning_rate(const std::string& parameter) const override;
  /// Starts the codes from vectors of the training sound.
  void start_from_data(std::mt19937_64& random) override;
  Gradients gradients(const Share& share) override;
  /// Codes that nothing was nearest to for long become vectors of the training sound.
  models::NamedTensors after_step(const models::NamedTensors& tallies, std::mt19937_64& random,
                                  double progress) override;
  [[nodiscard]] models::NamedTensors memory() const override { return {{"idle_steps", idle_steps_}}; }
  Figures validate() override;
  [[nodiscard]] std::string step_words(const Figures& figures) const override;
  [[nodiscard]] std::string validation_words(const Figures& figures) const override;

 private:
  [[nodiscard]] std::size_t excerpt_samples() const;
  /// Images [B, 1, bins, frames], each relative to its own level.
  [[nodiscard]] torch::Tensor images_of(const torch::Tensor& samples) const;
  /// An excerpt [1, samples], chosen and changed at random.
  [[nodiscard]] torch::Tensor training_excerpt(std::mt19937_64& random) const;
  /// How many of the coarse scales an excerpt keeps.
  [[nodiscard]] std::int64_t kept_scales(std::mt19937_64& random) const;
  /// What a share is learned from.
  struct Excerpts {
    torch::Tensor images;         // [B, 1, bins, frames]
    torch::Tensor keep;           // [B] int64, scales
    torch::Tensor keep_of_batch;  // the same of the whole batch
  };
  [[nodiscard]] Excerpts excerpts_of(const Share& share) const;
  /// As many vectors that codes are searched for, of random excerpts.
  [[nodiscard]] torch::Tensor sample_vectors(std::mt19937_64& random, std::int64_t count);

  models::Tokenizer model_;
  models::ImageDistance distance_;
  TokenizerRecipe recipe_;
  Dataset data_;
  torch::Tensor idle_steps_;  // [V] since a vector was nearest to the code
};

}  // namespace ictus::train
