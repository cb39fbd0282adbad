// What is particular to judges: their recipe, their notes, the loss of a batch, the accuracy on held-out
// notes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "lib/mars/model_file.hpp"
#include "lib/notes/labelled_notes.hpp"
#include "lib/train/task.hpp"
#include "models/judges/image.hpp"
#include "models/judges/network.hpp"

namespace ictus::train {

struct JudgeRecipe : Schedule {
  double rate = 2e-3;  ///< learning rate at the start
  double label_smoothing = 0.1;
  double dropout = 0.2;      ///< features that are left out
  double mixed_share = 0.3;  ///< notes whose image is mixed with that of another, and the answer with its
  int semitones = 2;         ///< notes are played faster or slower by up to so many; a pitch goes along
  double detune_cents = 25.0;
  double shifted_share = 0.6;  ///< notes that begin late, by up to shift_s
  double shift_s = 0.3;
  double released_share = 0.3;  ///< notes that are let go of early
  double room_share = 0.3;
  double tilted_share = 0.6;
  double tilt_db = 12.0;
  double low_pass_share = 0.2;
  double high_pass_share = 0.2;
  double floor_share = 0.5;
  double floor_low_db = -70.0;
  double floor_high_db = -25.0;
  double equalised_share = 0.5;  ///< images whose bands are raised and lowered, as by other bodies and places
  double equaliser_db = 12.0;    ///< by up to so much a bump
  double masked_share = 0.5;     ///< images in which some bands and frames are silenced
  double blurred_share = 0.2;    ///< images that are blurred in time and frequency, as coded ones are
  double coded_share = 0.4;      ///< notes of which a copy is learned from too, as a tokenizer gives it back
  std::vector<std::string> held_out_sources = {};  ///< whose notes are for validation, see notes::held_out()
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(JudgeRecipe, steps, batch, rate, last_rate, clip_norm,
                                                average_decay, label_smoothing, dropout, mixed_share,
                                                semitones, detune_cents, shifted_share, shift_s,
                                                released_share, room_share, tilted_share, tilt_db,
                                                low_pass_share, high_pass_share, floor_share, floor_low_db,
                                                floor_high_db, equalised_share, equaliser_db, masked_share,
                                                blurred_share, coded_share, held_out_sources, log_every,
                                                validate_every, checkpoint_every, validation_excerpts)

/// Throws ictus::Error that names the first value that is out of range.
void check(const JudgeRecipe& recipe);

class JudgeTask : public Task {
 public:
  /// Reads the notes. Coded sound must be judged by what it is, not by how it was
  /// coded, so some notes go there and back through `tokenizer`, on `threads` threads; null: none. Throws
  /// ictus::Error when there is no note to learn from.
  JudgeTask(const models::JudgeConfig& config, const JudgeRecipe& recipe,
            const std::shared_ptr<const mars::LoadedTokenizer>& tokenizer, const Sound& sound,
            const torch::Device& device, int threads);

  [[nodiscard]] double training_hours() const override { return hours(training_); }
  [[nodiscard]] double validation_hours() const override { return hours(validation_); }
  [[nodiscard]] models::NamedTensors parameters() const override;
  [[nodiscard]] double learning_rate(const std::string& /*parameter*/) const override { return recipe_.rate; }
  void start_from_data(std::mt19937_64& /*random*/) override {}
  Gradients gradients(const Share& share) override;
  /// Part of the held-out notes that are judged rightly.
  Figures validate() override;
  [[nodiscard]] std::string step_words(const Figures& figures) const override;
  [[nodiscard]] std::string validation_words(const Figures& figures) const override;

 private:
  using Notes = std::vector<notes::LabelledNote>;

  struct Example {
    std::vector<float> samples;
    std::int64_t answer = 0;
  };

  void add_coded_copies(const std::shared_ptr<const mars::LoadedTokenizer>& tokenizer, const Sound& sound,
                        int threads);
  [[nodiscard]] double hours(const Notes& notes) const;
  [[nodiscard]] std::int64_t answer_to(const formats::NoteLabel& label) const;
  /// The places in training_ of a family's notes, by their source.
  struct Places {
    std::vector<std::vector<std::size_t>> of_source;
    std::vector<double>
        chances;  ///< of each source: more where it has more notes, but less than in proportion
  };

  /// A note of a random source of a random family.
  [[nodiscard]] const notes::LabelledNote& draw(std::mt19937_64& random) const;
  /// Such a note, changed at random.
  [[nodiscard]] Example example(std::mt19937_64& random) const;
  [[nodiscard]] torch::Tensor on_device(const std::vector<std::vector<float>>& clips) const;
  /// Equalises, silences bands and frames of images [B, 1, bands, frames], and blurs; each by its own of B.
  [[nodiscard]] torch::Tensor spoiled(const torch::Tensor& images,
                                      std::vector<std::mt19937_64>& randoms) const;
  /// What the features [B, features] of a batch are multiplied by, so that some are left out.
  [[nodiscard]] torch::Tensor kept_features(std::span<std::mt19937_64> randoms, std::int64_t features) const;

  models::JudgeConfig config_;
  JudgeRecipe recipe_;
  torch::Device device_;
  models::JudgeImage image_;
  mutable models::JudgeNetwork network_;
  Notes training_, validation_;
  std::vector<Places> families_;
};

}  // namespace ictus::train
