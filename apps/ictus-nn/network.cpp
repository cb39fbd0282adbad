#include "apps/ictus-nn/network.hpp"

#include <fmt/format.h>

#include "apps/cli/model_search.hpp"
#include "apps/cli/text.hpp"
#include "lib/core/error.hpp"

namespace ictus::network {

Model load(const options::NetworkOptions& options) {
  return events::load_model(cli::find_event_model(options.model), options.device);
}

void require_same_weights(const std::string& name, const formats::EventStreamHeader& header,
                          const events::LoadedModel& model) {
  if (header.weights_hash == events::weights_hash(model)) return;
  throw Error(fmt::format("{}: made with the weights {} ({}), but the model at hand is {} ({})", name,
                          header.model_id, cli::hex(header.weights_hash), events::model_id(model),
                          cli::hex(events::weights_hash(model))),
              "give the weights it was made with: --model FILE");
}

}  // namespace ictus::network
