#include "lib/analysis/proposal_network_file.hpp"

#include <cstdint>
#include <utility>

#include "formats/safetensors.hpp"
#include "lib/core/error.hpp"
#include "lib/synthesis/layers_file.hpp"

namespace ictus::analysis {
namespace {

constexpr const char* kFormat = "ictus-proposal-network";
constexpr const char* kTimbre = "timbre";
constexpr const char* kRemedy = "make one with 'ictus-train-events proposals'";

/// In the order in which a network holds their weights.
std::vector<synthesis::NamedLayer> layers() {
  constexpr std::int64_t kIn = ProposalNetwork::kInputs;
  constexpr std::int64_t kHidden = ProposalNetwork::kHidden;
  constexpr std::int64_t kOut = kProposalOutputs;
  return {{"hidden1.weight", {kIn, kHidden}},     {"hidden1.bias", {kHidden}},
          {"hidden2.weight", {kHidden, kHidden}}, {"hidden2.bias", {kHidden}},
          {"out.weight", {kHidden, kOut}},        {"out.bias", {kOut}}};
}

}  // namespace

std::vector<std::byte> write_proposals(const ProposalNetwork& network, const formats::WeightsHash& timbre,
                                       std::map<std::string, std::string> metadata) {
  formats::TensorFile file;
  file.metadata = std::move(metadata);
  file.metadata["format"] = kFormat;
  file.metadata[kTimbre] = formats::hexadecimal(timbre);
  synthesis::put_layers(network.weights(), layers(), file);
  return formats::serialise_safetensors(file);
}

ProposalNetwork read_proposals(std::span<const std::byte> bytes, const formats::WeightsHash& timbre,
                               const std::string& name) {
  const formats::TensorFile file = formats::parse_safetensors(bytes, name);
  const auto said = [&](const char* what) {
    const auto found = file.metadata.find(what);
    return found == file.metadata.end() ? std::string() : found->second;
  };
  if (said("format") != kFormat) throw Error(name + " is no network of proposals", kRemedy);
  if (said(kTimbre) != formats::hexadecimal(timbre))
    throw Error(name + " goes with other weights of the event model", kRemedy);
  return ProposalNetwork(synthesis::layers_of(file, layers(), name, "network of proposals"));
}

}  // namespace ictus::analysis
