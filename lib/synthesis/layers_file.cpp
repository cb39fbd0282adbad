#include "lib/synthesis/layers_file.hpp"

#include <cmath>
#include <cstddef>
#include <cstring>

#include "lib/core/error.hpp"

namespace ictus::synthesis {
namespace {

std::size_t size_of(const NamedLayer& layer) {
  std::size_t size = 1;
  for (const std::int64_t side : layer.shape) size *= static_cast<std::size_t>(side);
  return size;
}

}  // namespace

void put_layers(std::span<const float> weights, std::span<const NamedLayer> layers,
                formats::TensorFile& file) {
  std::size_t at = 0;
  for (const NamedLayer& layer : layers) {
    const auto bytes = std::as_bytes(weights.subspan(at, size_of(layer)));
    file.tensors[layer.name] = {formats::DType::f32, layer.shape, {bytes.begin(), bytes.end()}};
    at += size_of(layer);
  }
}

std::vector<float> layers_of(const formats::TensorFile& file, std::span<const NamedLayer> layers,
                             const std::string& file_name, const std::string& kind) {
  std::vector<float> weights;
  for (const NamedLayer& layer : layers) {
    const auto found = file.tensors.find(layer.name);
    const std::string what = file_name + " is no " + kind + " of this program: its " + layer.name;
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
  return weights;
}

}  // namespace ictus::synthesis
