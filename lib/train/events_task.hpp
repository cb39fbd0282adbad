// What is particular to the event model: its recipe, the loss of a batch, the validation distance.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "lib/train/dataset.hpp"
#include "models/events/discriminator.hpp"
#include "models/events/model.hpp"

namespace ictus::train {

/// The recipe. Every key can be set in the JSON given with --config.
struct EventsRecipe {
  long long steps = 12000;
  int batch = 8;               ///< excerpts a step
  double encoder_rate = 6e-4;  ///< learning rates at the start; they fall along half a cosine
  double decoder_rate = 1e-3;
  double table_rate = 3e-3;  ///< of the decoder's learned sets (spectra, attacks, decays, rooms)
  double last_rate = 0.02;   ///< part of the learning rate that is left at the end
  double clip_norm = 1.0;
  double average_decay = 0.999;  ///< of the moving average that becomes the weights
  double carried_share = 0.7;    ///< excerpts that begin amid the tails of an earlier window
  int tail_frames = 64;          ///< frames after the hop in which too much power is held against it
  double exploration = 1.0;      ///< noise on the scores at the start; it falls to 0 at half-time
  int refine_steps = 0;          ///< steps of refinement before the decoder's own loss
  double refine_from = 0.3;      ///< part of training after which they begin
  double refined_weight = 1.0;
  double adversarial_weight = 0.0;
  double adversarial_from = 0.5;  ///< part of training after which the critic is heard
  double critic_rate = 3e-4;
  int validate_every = 500;
  int checkpoint_every = 500;
  int validation_excerpts = 24;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(EventsRecipe, steps, batch, encoder_rate, decoder_rate,
                                                table_rate, last_rate, clip_norm, average_decay,
                                                carried_share, tail_frames, exploration, refine_steps,
                                                refine_from, refined_weight, adversarial_weight,
                                                adversarial_from, critic_rate, validate_every,
                                                checkpoint_every, validation_excerpts)

/// Throws ictus::Error that names the first value that is out of range.
void check(const EventsRecipe& recipe);

using Figures = std::map<std::string, double>;  ///< named values for the log

/// The gradients of one worker's share of a batch.
struct Gradients {
  models::NamedTensors model, critic;
  Figures figures;
};

class EventsTask {
 public:
  EventsTask(models::EventModel& model, models::EventDiscriminator critic, const EventsRecipe& recipe,
             const Dataset& data);

  /// Gradients of `count` excerpts, chosen by `random`, at `progress` (0..1) of the training.
  Gradients gradients(std::mt19937_64& random, int count, double progress);

  /// Distances on the held-out excerpts, as the codec would encode them, in the figures "val_...".
  Figures validate();

  /// Starts the learned spectra from moments of the training sound.
  void start_from_data(std::mt19937_64& random);

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

  models::EventModel& model_;
  models::EventDiscriminator critic_;
  EventsRecipe recipe_;
  const Dataset& data_;
};

}  // namespace ictus::train
