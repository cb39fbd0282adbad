// What is particular to the generator: its recipe, the loss of a batch, the validation loss.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "lib/mars/model_file.hpp"
#include "lib/notes/labelled_notes.hpp"
#include "lib/train/task.hpp"
#include "models/mars/generator.hpp"

namespace ictus::train {

struct GeneratorRecipe : Schedule {
  double rate = 1e-3;               ///< learning rate at the start
  double instrument_rate = 5.0;     ///< times that for instruments, each of which few notes have
  double label_dropout = 0.1;       ///< notes that are learned without their label, for guidance
  double velocity_dropout = 0.1;    ///< notes that are learned without their velocity
  double family_dropout = 0.1;      ///< notes that are learned without their family
  double instrument_dropout = 0.3;  ///< notes that are learned without their instrument
  double even_share = 0.5;          ///< notes that are drawn so that each family has the same chance
  /// A scale of n tokens counts as n to this power: 1 lets the finest decide, 0 makes all scales alike.
  double scale_power = 0.7;
  double short_share = 0.5;  ///< batches that leave out the finest scale, which is more than half of the work
  double mistaken_share = 0.5;  ///< pyramids into whose coarser scales mistakes are put
  double mistakes = 0.5;        ///< up to this part of their tokens
  double mistake_size = 1.0;    ///< noise on the vector that is looked up, beside its length
  bool bfloat16 = true;         ///< matrix products in bfloat16
  std::vector<std::string> held_out_sources = {};  ///< whose notes are for validation, see notes::held_out()

  GeneratorRecipe() {
    steps = 4000;
    batch = 16;
    average_decay = 0.998;
    validation_excerpts = 64;
  }
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(GeneratorRecipe, steps, batch, rate, instrument_rate,
                                                last_rate, clip_norm, average_decay, label_dropout,
                                                velocity_dropout, family_dropout, instrument_dropout,
                                                even_share, scale_power, short_share, mistaken_share,
                                                mistakes, mistake_size, bfloat16, held_out_sources, log_every,
                                                validate_every, checkpoint_every, validation_excerpts)

/// Throws ictus::Error that names the first value that is out of range.
void check(const GeneratorRecipe& recipe);

/// Sizes of a generator for this tokenizer, the others as they are by themselves.
models::GeneratorConfig generator_config(const mars::LoadedTokenizer& tokenizer);

class GeneratorTask : public Task {
 public:
  /// Reads the notes and encodes them, on `threads` threads. Throws
  /// ictus::Error when there is none to learn from, or when the tokenizer is not the configuration's.
  GeneratorTask(const models::GeneratorConfig& config, const GeneratorRecipe& recipe,
                std::shared_ptr<const mars::LoadedTokenizer> tokenizer, const Sound& sound,
                const torch::Device& device, int threads);

  [[nodiscard]] double training_hours() const override { return hours_of(training_.size()); }
  [[nodiscard]] double validation_hours() const override { return hours_of(validation_.size()); }
  [[nodiscard]] models::NamedTensors parameters() const override;
  [[nodiscard]] double learning_rate(const std::string& parameter) const override;
  /// Shows the network what each pitch looks like to the tokenizer.
  void start_from_data(std::mt19937_64& random) override;
  Gradients gradients(const Share& share) override;
  Figures validate() override;
  [[nodiscard]] std::string step_words(const Figures& figures) const override;
  [[nodiscard]] std::string validation_words(const Figures& figures) const override;

 private:
  /// A note as the tokenizer's encoder sees it.
  struct Example {
    torch::Tensor latent;  // [1, code size, rows, columns], float16
    std::int64_t family = 0, instrument = 0, pitch = 0, velocity = 0;  // as Labels has them
  };
  /// What a batch is learned from.
  struct Pyramids {
    torch::Tensor sums;     // [B, tokens - first scale's, code size]
    torch::Tensor before;   // [B, tokens - 1, code size], for the order "tokens"
    torch::Tensor targets;  // [B, tokens]
  };

  [[nodiscard]] double hours_of(std::size_t notes) const;
  [[nodiscard]] std::size_t draw(std::mt19937_64& random) const;
  /// Each example's random numbers; empty for what is seen as it is.
  using Randoms = std::vector<std::mt19937_64>;
  /// Of the coarsest `scales` scales, with mistakes where there are random numbers.
  [[nodiscard]] Pyramids pyramids_of(const torch::Tensor& latent, std::size_t scales, Randoms& randoms);
  [[nodiscard]] models::Labels labels_of(const std::vector<const Example*>& examples, Randoms& randoms) const;
  /// Loss of each token, [B, tokens].
  [[nodiscard]] torch::Tensor losses(const models::Labels& labels, const Pyramids& pyramids);

  models::GeneratorConfig config_;
  GeneratorRecipe recipe_;
  std::shared_ptr<const mars::LoadedTokenizer> tokenizer_;
  torch::Device device_;
  models::Generator model_;
  std::vector<Example> training_, validation_;
  std::vector<std::vector<std::size_t>> of_family_;  // places in training_
  torch::Tensor token_weights_;                      // [tokens], their sum is 1
};

}  // namespace ictus::train
