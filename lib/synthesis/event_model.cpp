#include "lib/synthesis/event_model.hpp"

#include "formats/safetensors.hpp"
#include "lib/core/error.hpp"
#include "lib/synthesis/timbre_file.hpp"

namespace ictus::synthesis {

std::shared_ptr<const EventModel> event_model_from(std::span<const std::byte> bytes,
                                                   const std::string& name) {
  try {
    formats::TensorFile file = formats::parse_safetensors(bytes, name);
    const auto format = file.metadata.find("format");
    if (format == file.metadata.end() || format->second != kTimbreFormat)
      throw Error(name + ": not an event model");
    auto model = std::make_shared<EventModel>();
    model->timbre = read_timbre(file, name);
    const auto id = file.metadata.find("id");
    model->id = id == file.metadata.end() ? kModelId : id->second;
    model->hash = formats::content_hash(bytes);
    model->file_bytes = bytes.size();
    model->metadata = std::move(file.metadata);
    return model;
  } catch (const Error& error) {
    throw Error(error.what(), error.hint().empty() ? kModelRemedy : error.hint());
  }
}

formats::EventCoding event_coding(bool lossless) {
  formats::EventCoding coding;
  if (lossless) {
    coding.precision = formats::Precision::float32;
  } else {
    coding.vector_steps = formats::standard_steps();
    coding.gain_step_centibels = 5;
  }
  return coding;
}

formats::EventStreamHeader header_for(const EventModel& model, bool lossless) {
  formats::EventStreamHeader header;
  header.sample_rate_hz = EventModel::kSampleRateHz;
  header.original_sample_rate_hz = header.sample_rate_hz;
  header.names = formats::standard_names();
  header.coding = event_coding(lossless);
  header.model_id = model.id;
  header.weights_hash = model.hash;
  return header;
}

}  // namespace ictus::synthesis
