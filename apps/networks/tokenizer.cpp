#include "apps/networks/tokenizer.hpp"

#include "apps/cli/model_search.hpp"

namespace ictus::networks {

Tokenizer load_tokenizer(const options::NetworkOptions& options) {
  return mars::load_tokenizer(cli::find_model(cli::Model::tokenizer, options.model), options.device);
}

}  // namespace ictus::networks
