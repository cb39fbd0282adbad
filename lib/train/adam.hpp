// Adam (Kingma and Ba 2015) over named tensors, with all of its state in plain sight so that a
// checkpoint holds it and a resumed run goes on exactly where it stopped.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "models/named_tensors.hpp"

namespace ictus::train {

class Adam {
 public:
  explicit Adam(models::NamedTensors parameters, double beta1 = 0.9, double beta2 = 0.98);

  /// One step along `gradients` (same names; an undefined tensor counts as 0), after they were
  /// scaled down to a norm of `clip_norm` in all. Returns the norm before clipping.
  double step(const models::NamedTensors& gradients, double clip_norm,
              const std::function<double(const std::string&)>& learning_rate);

  /// Rows [n], int64, of a parameter that are no longer what the gradients so far were of: their moments are
  /// as at the beginning.
  void forget(const std::string& name, const torch::Tensor& rows);

  /// "mean.NAME" and "square.NAME" of every parameter.
  [[nodiscard]] models::NamedTensors state() const;
  [[nodiscard]] std::int64_t steps() const { return steps_; }
  void load_state(const models::NamedTensors& state, std::int64_t steps);

 private:
  models::NamedTensors parameters_, mean_, square_;
  double beta1_, beta2_;
  std::int64_t steps_ = 0;
};

}  // namespace ictus::train
