// A trained event model: found, loaded, checked, put on a device.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "formats/event_stream.hpp"

namespace ictus::events {

struct PartSize {
  std::string part;  ///< "encoder", "decoder.attack", ...
  std::int64_t parameters = 0;
};

class LoadedModel;

/// Loads `path` onto `device` ("cpu", "cuda", "cuda:1"). Throws ictus::Error with a remedy when the
/// file is missing, truncated, damaged, or no event model, or when the device is not there.
std::shared_ptr<const LoadedModel> load_model(const std::string& path, const std::string& device);

const std::string& model_id(const LoadedModel& model);
const formats::WeightsHash& weights_hash(const LoadedModel& model);
int sample_rate_hz(const LoadedModel& model);
std::vector<PartSize> part_sizes(const LoadedModel& model);

}  // namespace ictus::events
