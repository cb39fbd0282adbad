#include "models/events/model.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "lib/core/error.hpp"

namespace ictus::models {
namespace {

EventModelConfig checked(const EventModelConfig& config) {
  check(config);
  return config;
}

}  // namespace

NamedTensors named_parameters(const torch::nn::Module& module, const std::string& prefix) {
  NamedTensors all;
  for (const auto& item : module.named_parameters()) all[prefix + item.key()] = item.value();
  return all;
}

EventModel::EventModel(const EventModelConfig& config_, const torch::Device& device_)
    : config(checked(config_)), device(device_), bands(config_.bands, device_) {
  encoder = EventEncoder(config, bands);
  decoder = EventDecoder(config, bands);
  encoder->to(device);
  decoder->to(device);
}

PowerMaps EventModel::analyse(const torch::Tensor& samples, const torch::Tensor& reference) const {
  const torch::Tensor scale = reference.reciprocal().unsqueeze(-1).unsqueeze(-1);
  return {bands.fine(samples) * scale, bands.coarse(samples) * scale};
}

PowerMaps EventModel::render(const EventShape& shape, const torch::Tensor& gain,
                             const torch::Tensor& onset_samples, std::int64_t frames) {
  return {decoder->render(shape, gain, onset_samples, View::fine, frames),
          decoder->render(shape, gain, onset_samples, View::coarse, frames * config.coarse_per_fine())};
}

NamedTensors EventModel::parameters() const {
  NamedTensors all = named_parameters(*encoder, "encoder.");
  all.merge(named_parameters(*decoder, "decoder."));
  return all;
}

void EventModel::load(const NamedTensors& tensors) {
  torch::NoGradGuard no_grad;
  NamedTensors own = parameters();
  for (auto& [name, parameter] : own) {
    const auto given = tensors.find(name);
    if (given == tensors.end()) throw Error(fmt::format("the weights lack the tensor '{}'", name));
    if (given->second.sizes() != parameter.sizes())
      throw Error(
          fmt::format("the tensor '{}' has the shape [{}] where the model's configuration asks for [{}]",
                      name, fmt::join(given->second.sizes(), ", "), fmt::join(parameter.sizes(), ", ")));
    if (!torch::isfinite(given->second).all().item<bool>())
      throw Error(fmt::format("the tensor '{}' holds values that are not finite", name));
    parameter.copy_(given->second.to(parameter.dtype()));
  }
  for (const auto& item : tensors)
    if (own.find(item.first) == own.end())
      throw Error(fmt::format("the weights hold an unknown tensor '{}'", item.first));
}

}  // namespace ictus::models
