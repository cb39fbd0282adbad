#include "apps/ictus-nn/network.hpp"

#include <fmt/format.h>

#include "apps/cli/model_search.hpp"
#include "apps/cli/text.hpp"
#include "lib/core/error.hpp"

namespace ictus::network {

EventModel load_event_model(const options::NetworkOptions& options) {
  return events::load_model(cli::find_model(cli::Model::events, options.model), options.device);
}

Tokenizer load_tokenizer(const options::NetworkOptions& options) {
  return mars::load_tokenizer(cli::find_model(cli::Model::tokenizer, options.model), options.device);
}

void require_same_weights(const std::string& name, const Identity& made_with, const Identity& at_hand) {
  if (made_with.hash == at_hand.hash) return;
  throw Error(
      fmt::format("{}: made with the weights {} ({}), but the model at hand is {} ({})", name, made_with.id,
                  formats::hexadecimal(made_with.hash), at_hand.id, formats::hexadecimal(at_hand.hash)),
      "give the weights it was made with: --model FILE");
}

}  // namespace ictus::network
