#include "lib/events/model_file.hpp"

#include <fmt/format.h>

#include "lib/core/error.hpp"
#include "lib/dsp/device.hpp"
#include "lib/events/loaded_model.hpp"
#include "lib/weights/tensor_file.hpp"

namespace ictus::events {
namespace {

constexpr const char* kRemedy = "name an event model with --model, or reinstall the one that came with ictus";

}  // namespace

std::shared_ptr<const LoadedModel> load_model(const std::string& path, const std::string& device_name) {
  use_one_thread_per_caller();
  const torch::Device device = dsp::usable_device(device_name);
  const StoredTensors stored = read_weights(path, kModelFormat, "an event model", kRemedy);
  auto loaded = std::make_shared<LoadedModel>();
  loaded->hash = stored.hash;
  loaded->bytes = stored.bytes;
  loaded->metadata = stored.file.metadata;
  try {
    torch::manual_seed(0);  // the weights drawn here are replaced below
    loaded->model = std::make_shared<models::EventModel>(stored.config<models::EventModelConfig>(), device);
    loaded->model->load(fetch(stored.file, "", device));
    for (auto& [name, tensor] : loaded->model->parameters()) tensor.set_requires_grad(false);
    loaded->model->decoder->freeze();
  } catch (const Error& error) {
    throw Error(fmt::format("{}: {}", path, error.what()), kRemedy);
  }
  return loaded;
}

const std::string& model_id(const LoadedModel& model) { return model.model->config.id; }
const std::map<std::string, std::string>& metadata(const LoadedModel& model) { return model.metadata; }
std::size_t file_bytes(const LoadedModel& model) { return model.bytes; }
const formats::WeightsHash& weights_hash(const LoadedModel& model) { return model.hash; }
int sample_rate_hz(const LoadedModel& model) { return model.model->config.bands.sample_rate_hz; }

formats::EventCoding coding_of(const LoadedModel& model, bool lossless) {
  if (lossless) return {.precision = formats::Precision::float32};
  const int steps = 2 * model.model->config.vector_levels + 1;
  return {.precision = formats::Precision::coded,
          .vector_steps = formats::equal_steps(static_cast<std::uint16_t>(steps))};
}

std::vector<PartSize> part_sizes(const LoadedModel& model) {
  return ictus::part_sizes(model.model->parameters());
}

}  // namespace ictus::events
