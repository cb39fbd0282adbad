#include "lib/events/model_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "formats/safetensors.hpp"
#include "lib/core/error.hpp"
#include "lib/events/loaded_model.hpp"
#include "lib/events/tensors.hpp"

namespace ictus::events {
namespace {

constexpr const char* kRemedy = "name an event model with --model, or reinstall the one that came with ictus";

std::vector<std::byte> read_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) throw Error(fmt::format("{}: cannot open the model: {}", path, std::strerror(errno)), kRemedy);
  const std::streamsize size = file.tellg();
  file.seekg(0);
  std::vector<std::byte> bytes(static_cast<std::size_t>(std::max<std::streamsize>(size, 0)));
  file.read(reinterpret_cast<char*>(bytes.data()), size);
  if (!file) throw Error(fmt::format("{}: cannot read the model", path), kRemedy);
  return bytes;
}

torch::Device usable_device(const std::string& name) {
  try {
    const torch::Device device = device_from_name(name);
    if (device.is_cuda()) {
      if (!torch::cuda::is_available())
        throw Error(fmt::format("device {}: no CUDA device can be used here", name), "use --device cpu");
      const auto count = static_cast<int>(torch::cuda::device_count());
      if (device.has_index() && device.index() >= count)
        throw Error(fmt::format("device {}: there are only {} CUDA devices", name, count),
                    fmt::format("use cuda:0 to cuda:{}", count - 1));
    } else if (!device.is_cpu()) {
      throw Error(fmt::format("device {}: not supported", name), "use auto, cpu, cuda or cuda:N");
    }
    return device;
  } catch (const c10::Error&) {
    throw Error(fmt::format("device {}: unknown", name), "use auto, cpu, cuda or cuda:N");
  }
}

}  // namespace

std::shared_ptr<const LoadedModel> load_model(const std::string& path, const std::string& device_name) {
  use_one_thread_per_caller();
  const torch::Device device = usable_device(device_name);
  const std::vector<std::byte> bytes = read_bytes(path);
  formats::TensorFile file = formats::parse_safetensors(bytes, path);
  if (file.metadata["format"] != "ictus-event-model")
    throw Error(fmt::format("{}: not an event model", path), kRemedy);
  if (file.metadata["version"] != "1")
    throw Error(fmt::format("{}: an event model of version {}, which this program does not know", path,
                            file.metadata["version"]),
                "use a newer ictus");
  auto loaded = std::make_shared<LoadedModel>();
  try {
    const auto config = nlohmann::json::parse(file.metadata["config"]).get<models::EventModelConfig>();
    loaded->id = config.id;
    loaded->hash = formats::content_hash(bytes);
    torch::manual_seed(0);  // the weights drawn here are replaced below
    loaded->model = std::make_shared<models::EventModel>(config, device);
    models::NamedTensors tensors;
    for (const auto& [name, raw] : file.tensors) tensors[name] = from_raw(raw).to(device);
    loaded->model->load(tensors);
    for (auto& [name, tensor] : loaded->model->parameters()) tensor.set_requires_grad(false);
  } catch (const Error& error) {
    throw Error(fmt::format("{}: {}", path, error.what()), kRemedy);
  } catch (const nlohmann::json::exception& error) {
    throw Error(fmt::format("{}: the model's configuration is damaged: {}", path, error.what()), kRemedy);
  } catch (const c10::Error& error) {
    throw Error(
        fmt::format("{}: the model's configuration makes no sense: {}", path, error.what_without_backtrace()),
        kRemedy);
  }
  return loaded;
}

const std::string& model_id(const LoadedModel& model) { return model.id; }
const formats::WeightsHash& weights_hash(const LoadedModel& model) { return model.hash; }
int sample_rate_hz(const LoadedModel& model) { return model.model->config.bands.sample_rate_hz; }

std::vector<PartSize> part_sizes(const LoadedModel& model) {
  std::vector<PartSize> parts;
  for (const auto& [name, tensor] : model.model->parameters()) {
    // "decoder.in.weight" belongs to "decoder.in"; the learned sets are parts of their own.
    const std::size_t first = name.find('.');
    const std::size_t second = name.find('.', first + 1);
    const std::string part = name.substr(0, second);
    if (parts.empty() || parts.back().part != part) parts.push_back({part, 0});
    parts.back().parameters += tensor.numel();
  }
  return parts;
}

}  // namespace ictus::events
