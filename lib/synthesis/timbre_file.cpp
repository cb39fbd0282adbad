#include "lib/synthesis/timbre_file.hpp"

#include <cstdint>
#include <utility>

#include "lib/core/error.hpp"
#include "lib/synthesis/layers_file.hpp"

namespace ictus::synthesis {
namespace {

/// In the order in which a network holds their weights.
std::vector<NamedLayer> layers() {
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

}  // namespace

std::vector<std::byte> write_timbre(const TimbreNetwork& network,
                                    std::map<std::string, std::string> metadata) {
  formats::TensorFile file;
  file.metadata = std::move(metadata);
  file.metadata["format"] = kTimbreFormat;
  file.metadata.emplace("id", kModelId);
  put_layers(network.weights(), layers(), file);
  return formats::serialise_safetensors(file);
}

TimbreNetwork read_timbre(std::span<const std::byte> bytes, const std::string& name) {
  return read_timbre(formats::parse_safetensors(bytes, name), name);
}

TimbreNetwork read_timbre(const formats::TensorFile& file, const std::string& name) {
  const auto format = file.metadata.find("format");
  if (format == file.metadata.end() || format->second != kTimbreFormat)
    throw Error(name + " is no network of timbres");
  return TimbreNetwork(layers_of(file, layers(), name, "network of timbres"));
}

}  // namespace ictus::synthesis
