// An event model: its configuration, its bands, its networks, and their weights by name.
#pragma once

#include <memory>
#include <string>

#include "lib/dsp/bands.hpp"
#include "lib/dsp/torch_compat.hpp"
#include "models/events/config.hpp"
#include "models/events/decoder.hpp"
#include "models/events/encoder.hpp"
#include "models/named_tensors.hpp"

namespace ictus::models {

class EventModel {
 public:
  /// Weights start at random, from torch's seed. Throws ictus::Error as check() does.
  EventModel(const EventModelConfig& config, const torch::Device& device);
  EventModel(const EventModel&) = delete;
  EventModel& operator=(const EventModel&) = delete;

  const EventModelConfig config;
  const torch::Device device;
  const dsp::Bands bands;
  EventEncoder encoder{nullptr};
  EventDecoder decoder{nullptr};

  /// Both views of the power of `samples` [B, n], divided by `reference` [B]. Samples are laid out as
  /// for dsp::Bands::fine.
  [[nodiscard]] PowerMaps analyse(const torch::Tensor& samples, const torch::Tensor& reference) const;

  /// Both views of the power of events in `frames` frames, see EventDecoderImpl::render.
  [[nodiscard]] PowerMaps render(const EventShape& shape, const torch::Tensor& gain,
                                 const torch::Tensor& onset_samples, std::int64_t frames,
                                 FrameStep step = {});

  [[nodiscard]] NamedTensors parameters() const;
  /// Throws ictus::Error that names the first tensor that is missing, unknown or of another shape.
  void load(const NamedTensors& tensors);
};

}  // namespace ictus::models
