#include "lib/train/adam.hpp"

#include <cmath>

namespace ictus::train {

Adam::Adam(models::NamedTensors parameters, double beta1, double beta2)
    : parameters_(std::move(parameters)), beta1_(beta1), beta2_(beta2) {
  for (const auto& [name, value] : parameters_) {
    mean_[name] = torch::zeros_like(value);
    square_[name] = torch::zeros_like(value);
  }
}

double Adam::step(const models::NamedTensors& gradients, double clip_norm,
                  const std::function<double(const std::string&)>& learning_rate) {
  torch::NoGradGuard no_grad;
  double sum = 0.0;
  for (const auto& item : gradients)
    if (item.second.defined()) sum += item.second.square().sum().item<double>();
  const double norm = std::sqrt(sum);
  if (!std::isfinite(norm)) return norm;  // a step that blew up is left out
  const double scale = norm > clip_norm ? clip_norm / norm : 1.0;
  ++steps_;
  const double correct1 = 1.0 - std::pow(beta1_, steps_);
  const double correct2 = 1.0 - std::pow(beta2_, steps_);
  for (auto& [name, value] : parameters_) {
    const torch::Tensor& given = gradients.at(name);
    if (!given.defined()) continue;
    const torch::Tensor gradient = given * scale;
    torch::Tensor& mean = mean_.at(name);
    torch::Tensor& square = square_.at(name);
    mean.mul_(beta1_).add_(gradient, 1.0 - beta1_);
    square.mul_(beta2_).addcmul_(gradient, gradient, 1.0 - beta2_);
    value.addcdiv_(mean / correct1, (square / correct2).sqrt().add_(1e-8), -learning_rate(name));
  }
  return norm;
}

void Adam::forget(const std::string& name, const torch::Tensor& rows) {
  torch::NoGradGuard no_grad;
  mean_.at(name).index_fill_(0, rows, 0.0);
  square_.at(name).index_fill_(0, rows, 0.0);
}

models::NamedTensors Adam::state() const {
  models::NamedTensors all;
  for (const auto& [name, value] : mean_) all["mean." + name] = value;
  for (const auto& [name, value] : square_) all["square." + name] = value;
  return all;
}

void Adam::load_state(const models::NamedTensors& state, std::int64_t steps) {
  torch::NoGradGuard no_grad;
  for (auto& [name, value] : mean_) value.copy_(state.at("mean." + name));
  for (auto& [name, value] : square_) value.copy_(state.at("square." + name));
  steps_ = steps;
}

}  // namespace ictus::train
