// The weights of a small network as tensors of a file, by the names of its layers.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "formats/safetensors.hpp"

namespace ictus::synthesis {

struct NamedLayer {
  const char* name;
  std::vector<std::int64_t> shape;
};

/// Adds `weights` to a file, in single precision: those of the layers, one after the other.
void put_layers(std::span<const float> weights, std::span<const NamedLayer> layers,
                formats::TensorFile& file);
/// What put_layers() put there. Throws ictus::Error that says which layer is missing, of another shape or no
/// number; `file_name` is no `kind`, "network of timbres", then.
[[nodiscard]] std::vector<float> layers_of(const formats::TensorFile& file,
                                           std::span<const NamedLayer> layers, const std::string& file_name,
                                           const std::string& kind);

}  // namespace ictus::synthesis
