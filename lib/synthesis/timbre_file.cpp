#include "lib/synthesis/timbre_file.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <utility>

#include "lib/core/error.hpp"

namespace ictus::synthesis {
namespace {

/// The layers, in the order in which a network holds their weights.
struct Layer {
  const char* name;
  std::vector<std::int64_t> shape;
};

std::vector<Layer> layers() {
  constexpr std::int64_t kIn = kEventVectorSize;
  constexpr std::int64_t kTimbre = kTimbreNumbers;
  constexpr std::int64_t kHidden = TimbreNetwork::kHidden;
  constexpr std::int64_t kOut = kTimbreOutputs;
  return {{"mean", {kOut}},
          {"linear", {kTimbre, kOut}},
          {"hidden1.weight", {kIn, kHidden}},
          {"hidden1.bias", {kHidden}},
          {"hidden2.weight", {kHidden, kHidden}},
          {"hidden2.bias", {kHidden}},
          {"out.weight", {kHidden, kOut}}};
}

std::size_t size_of(const Layer& layer) {
  std::size_t size = 1;
  for (const std::int64_t side : layer.shape) size *= static_cast<std::size_t>(side);
  return size;
}

}  // namespace

std::vector<std::byte> write_timbre(const TimbreNetwork& network,
                                    std::map<std::string, std::string> metadata) {
  formats::TensorFile file;
  file.metadata = std::move(metadata);
  file.metadata["format"] = kTimbreFormat;
  file.metadata.emplace("id", kModelId);
  std::size_t at = 0;
  for (const Layer& layer : layers()) {
    const auto weights = network.weights().subspan(at, size_of(layer));
    const auto bytes = std::as_bytes(weights);
    file.tensors[layer.name] = {formats::DType::f32, layer.shape, {bytes.begin(), bytes.end()}};
    at += weights.size();
  }
  return formats::serialise_safetensors(file);
}

TimbreNetwork read_timbre(std::span<const std::byte> bytes, const std::string& name) {
  return read_timbre(formats::parse_safetensors(bytes, name), name);
}

TimbreNetwork read_timbre(const formats::TensorFile& file, const std::string& name) {
  const auto format = file.metadata.find("format");
  if (format == file.metadata.end() || format->second != kTimbreFormat)
    throw Error(name + " is no network of timbres");
  std::vector<float> weights;
  for (const Layer& layer : layers()) {
    const auto found = file.tensors.find(layer.name);
    const std::string what = name + " is no network of timbres of this program: its " + layer.name;
    if (found == file.tensors.end()) throw Error(what + " is missing");
    const formats::RawTensor& tensor = found->second;
    if (tensor.dtype != formats::DType::f32 || tensor.shape != layer.shape)
      throw Error(what + " has another type or shape");
    const std::size_t first = weights.size();
    weights.resize(first + size_of(layer));
    std::memcpy(weights.data() + first, tensor.data.data(), tensor.data.size());
    for (std::size_t i = first; i < weights.size(); ++i)
      if (!std::isfinite(weights[i])) throw Error(what + " has a weight that is no number");
  }
  return TimbreNetwork(std::move(weights));
}

}  // namespace ictus::synthesis
