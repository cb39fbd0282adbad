// The network of timbres as a file.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "formats/safetensors.hpp"
#include "lib/synthesis/timbre.hpp"

namespace ictus::synthesis {

/// The value of the metadata "format".
inline constexpr const char* kTimbreFormat = "ictus-timbre-network";
/// That of "id" where a file has none: the name of the model whose network it is.
inline constexpr const char* kModelId = "events-4";

/// A safetensors file with the layers by name, in single precision. Where the metadata have no "id" it is
/// kModelId.
[[nodiscard]] std::vector<std::byte> write_timbre(const TimbreNetwork& network,
                                                  std::map<std::string, std::string> metadata);
/// Throws ictus::Error that names the file and what is missing, of another shape, or no number.
[[nodiscard]] TimbreNetwork read_timbre(std::span<const std::byte> bytes, const std::string& name);
[[nodiscard]] TimbreNetwork read_timbre(const formats::TensorFile& file, const std::string& name);

}  // namespace ictus::synthesis
