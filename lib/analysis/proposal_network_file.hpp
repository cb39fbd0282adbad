// The network of proposals as a file.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "formats/blocks.hpp"
#include "lib/analysis/proposal_network.hpp"

namespace ictus::analysis {

/// A safetensors file with the layers by name, in single precision, and in its metadata the hash of the
/// network of timbres whose numbers it says.
[[nodiscard]] std::vector<std::byte> write_proposals(const ProposalNetwork& network,
                                                     const formats::WeightsHash& timbre,
                                                     std::map<std::string, std::string> metadata);
/// Throws ictus::Error that names the file and what is missing, of another shape, or no number, or says that
/// it goes with another network of timbres.
[[nodiscard]] ProposalNetwork read_proposals(std::span<const std::byte> bytes,
                                             const formats::WeightsHash& timbre, const std::string& name);

}  // namespace ictus::analysis
