#include "apps/ictus/proposals.hpp"

#include <filesystem>

#include "apps/cli/model_search.hpp"
#include "apps/cli/text.hpp"
#include "lib/analysis/proposal_network_file.hpp"
#include "lib/core/file_bytes.hpp"

namespace ictus::front {

std::shared_ptr<const analysis::ProposalNetwork> load_proposals(const std::optional<std::string>& named,
                                                                const synthesis::EventModel& model) {
  constexpr const char* kRemedy =
      "encoding needs it beside the event model: make it with 'ictus-train-events proposals'";
  std::filesystem::path path = cli::find_model(cli::Model::events, named);
  path.replace_extension("proposals.safetensors");
  return std::make_shared<analysis::ProposalNetwork>(
      analysis::read_proposals(file_bytes(path.string(), kRemedy), model.hash, cli::harmless(path.string())));
}

}  // namespace ictus::front
