// A trained event model: found, loaded, checked, put on a device.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "formats/event_stream.hpp"
#include "lib/weights/part_size.hpp"

namespace ictus::events {

/// Values of the metadata "format".
inline constexpr const char* kModelFormat = "ictus-event-model";
inline constexpr const char* kCheckpointFormat = "ictus-event-checkpoint";

class LoadedModel;

/// Loads `path` onto `device` ("auto", "cpu", "cuda", "cuda:1"). Throws ictus::Error with a remedy when the
/// file is missing, truncated, damaged, or no event model, or when the device is not there.
std::shared_ptr<const LoadedModel> load_model(const std::string& path, const std::string& device);

const std::string& model_id(const LoadedModel& model);
const formats::WeightsHash& weights_hash(const LoadedModel& model);
int sample_rate_hz(const LoadedModel& model);
/// How its events are stored: in the steps that it was trained with, or exactly.
formats::EventCoding coding_of(const LoadedModel& model, bool lossless);
/// What else the file says of itself: its configuration and recipe as JSON, its steps.
const std::map<std::string, std::string>& metadata(const LoadedModel& model);
std::size_t file_bytes(const LoadedModel& model);
std::vector<PartSize> part_sizes(const LoadedModel& model);

}  // namespace ictus::events
