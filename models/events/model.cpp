#include "models/events/model.hpp"

namespace ictus::models {
namespace {

EventModelConfig checked(const EventModelConfig& config) {
  check(config);
  return config;
}

}  // namespace

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
                             const torch::Tensor& onset_samples, std::int64_t frames, FrameStep step) {
  return {decoder->render(shape, gain, onset_samples, View::fine, frames, step),
          decoder->render(shape, gain, onset_samples, View::coarse, frames * config.coarse_per_fine(), step)};
}

NamedTensors EventModel::parameters() const {
  NamedTensors all = named_parameters(*encoder, "encoder.");
  all.merge(named_parameters(*decoder, "decoder."));
  return all;
}

void EventModel::load(const NamedTensors& tensors) { copy_weights(tensors, parameters()); }

}  // namespace ictus::models
