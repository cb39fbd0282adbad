// What the trainer asks of a kind of model; one class per kind stands behind it.
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <ostream>
#include <random>
#include <string>

#include "lib/train/share.hpp"
#include "models/named_tensors.hpp"

namespace ictus::train {

/// The part of a recipe that every kind of model has. Every key can be set in the JSON given with --config.
struct Schedule {
  long long steps = 12000;
  int batch = 8;                 ///< excerpts a step
  double last_rate = 0.02;       ///< part of the learning rate that is left at the end of half a cosine
  double clip_norm = 1.0;        ///< of the gradient
  double average_decay = 0.999;  ///< of the moving average that becomes the weights
  int log_every = 20;            ///< steps from one of the table to the next
  int validate_every = 500;
  int checkpoint_every = 500;
  int validation_excerpts = 24;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Schedule, steps, batch, last_rate, clip_norm, average_decay,
                                                log_every, validate_every, checkpoint_every,
                                                validation_excerpts)

/// Throws ictus::Error that names the first value that is out of range.
void check(const Schedule& schedule);

/// Throws ictus::Error("the recipe makes no sense: WHAT") unless `holds`.
void require_recipe(bool holds, const char* what);

using Figures = std::map<std::string, double>;  ///< named values for the log

/// Gradients of a scalar by each parameter; undefined where it does not depend on one. The graph stays.
models::NamedTensors gradients_of(const torch::Tensor& loss, const models::NamedTensors& parameters);

/// Where a task reads what it learns from.
struct Sound {
  const std::string& folder;
  const std::function<bool()>& stop_requested;  ///< reading ends early when it says so
  std::ostream& words;                          ///< for people
};

/// What one worker's share of a batch comes to. Gradients and figures are means over its excerpts. All shares
/// of a step have the same names in them, and the same gradients undefined.
struct Gradients {
  models::NamedTensors model;
  models::NamedTensors tallies;  ///< counts for after_step(); added up over the workers
  Figures figures;
};

/// The gradients of a model that is learnt by one loss, and that loss as the figure `name`.
Gradients gradients_by(const torch::Tensor& loss, const models::NamedTensors& parameters, const char* name);

class Task {
 public:
  virtual ~Task() = default;

  [[nodiscard]] virtual double training_hours() const = 0;
  [[nodiscard]] virtual double validation_hours() const = 0;

  /// What the gradients are for. The tensors are shared: the trainer changes them in place.
  [[nodiscard]] virtual models::NamedTensors parameters() const = 0;
  /// At the start of training.
  [[nodiscard]] virtual double learning_rate(const std::string& parameter) const = 0;

  /// Starts what is learned faster from the training sound than from chance.
  virtual void start_from_data(std::mt19937_64& random) = 0;
  /// Gradients of a share's excerpts, one or more, which are chosen and changed by its random numbers. Called
  /// by several workers at the same time.
  virtual Gradients gradients(const Share& share) = 0;
  /// Changes that are no gradient steps. Returns, by the names of parameters, which of their rows, [n] int64,
  /// were set anew: what was learned of these rows before is of no use any more.
  virtual models::NamedTensors after_step(const models::NamedTensors& /*tallies*/,
                                          std::mt19937_64& /*random*/, double /*progress*/) {
    return {};
  }
  /// What is remembered between steps beside the parameters; it travels in checkpoints. Shared like those.
  [[nodiscard]] virtual models::NamedTensors memory() const { return {}; }

  /// Distances on the held-out excerpts, as the codec would code them, in the figures "val_...".
  virtual Figures validate() = 0;
  /// In words: figures of a step, and of a validation.
  [[nodiscard]] virtual std::string step_words(const Figures& figures) const = 0;
  [[nodiscard]] virtual std::string validation_words(const Figures& figures) const = 0;
};

}  // namespace ictus::train
