// What is particular to the event model: its recipe, the loss of a batch, the validation distance.
#pragma once

#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "lib/train/dataset.hpp"
#include "lib/train/task.hpp"
#include "models/events/discriminator.hpp"
#include "models/events/model.hpp"

namespace ictus::train {

struct EventsRecipe : Schedule {
  double encoder_rate = 6e-4;  ///< learning rates at the start
  double decoder_rate = 1e-3;
  double table_rate = 3e-3;    ///< of the decoder's learned sets (spectra, attacks, decays, rooms)
  double carried_share = 0.7;  ///< excerpts that begin amid the tails of an earlier window
  int leading_looks = 0;       ///< looks that are judged by the energy which they take away
  double vector_price = 0.0;   ///< dB for each 1 of a vector's mean absolute number
  int tail_frames = 64;        ///< frames after the hop in which too much power is held against it
  double exploration = 1.0;    ///< noise on the scores at the start; it falls to 0 at half-time
  int refine_steps = 0;        ///< steps of refinement before the decoder's own loss
  double refine_from = 0.3;    ///< part of training after which they begin
  double refined_weight = 1.0;
  double adversarial_weight = 0.0;
  double adversarial_from = 0.5;  ///< part of training after which the critic is heard
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(EventsRecipe, steps, batch, encoder_rate, decoder_rate,
                                                table_rate, last_rate, clip_norm, average_decay,
                                                carried_share, leading_looks, vector_price, tail_frames,
                                                exploration, refine_steps, refine_from, refined_weight,
                                                adversarial_weight, adversarial_from, critic_rate,
                                                validate_every, checkpoint_every, validation_excerpts)

/// Throws ictus::Error that names the first value that is out of range.
void check(const EventsRecipe& recipe);

class EventsTask : public Task {
 public:
  EventsTask(const models::EventModelConfig& config, const EventsRecipe& recipe, const Sound& sound,
             const torch::Device& device);

  [[nodiscard]] double training_hours() const override { return data_.training_hours(); }
  [[nodiscard]] double validation_hours() const override { return data_.validation_hours(); }
  [[nodiscard]] models::NamedTensors parameters() const override { return model_.parameters(); }
  [[nodiscard]] models::NamedTensors critic_parameters() const override;
  [[nodiscard]] double learning_rate(const std::string& parameter) const override;
  /// Starts the learned spectra from moments of the training sound.
  void start_from_data(std::mt19937_64& random) override;
  Gradients gradients(std::mt19937_64& random, int count, double progress) override;
  Figures validate() override;
  [[nodiscard]] std::string step_words(const Figures& figures) const override;
  [[nodiscard]] std::string validation_words(const Figures& figures) const override;

 private:
  struct Batch {
    models::PowerMaps sound;    // of the window that is trained on
    models::PowerMaps carried;  // power in it of the events of the window before
  };
  Batch make_batch(const torch::Tensor& samples, const std::vector<bool>& carries, double headroom_db);
  /// Frames of a window that are seen or rendered.
  [[nodiscard]] std::int64_t window_frames() const;
  [[nodiscard]] std::size_t excerpt_samples() const;
  [[nodiscard]] models::PowerMaps rendered(const models::Proposal& events, std::int64_t frames);

  models::EventModel model_;
  models::EventDiscriminator critic_;
  EventsRecipe recipe_;
  Dataset data_;
};

}  // namespace ictus::train
