#include "apps/cli/token_priors.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <string_view>

#include "apps/cli/model_search.hpp"
#include "apps/cli/text.hpp"
#include "lib/core/error.hpp"
#include "lib/core/file_bytes.hpp"

namespace ictus::cli {
namespace {

constexpr const char* kRemedy =
    "name the prior with ICTUS_TOKEN_PRIOR, or reinstall the one that came with ictus";

/// Whether one is to be used, and is there.
bool has_prior() {
  const char* const named = std::getenv("ICTUS_TOKEN_PRIOR");
  return (named == nullptr || std::string_view(named) != "none") && is_at_hand(Model::token_prior);
}

/// Read once; threads may ask at the same time.
std::shared_ptr<const formats::TokenPrior> prior_at_hand() {
  static const auto prior = [] {
    const std::string path = find_model(Model::token_prior);
    try {
      return std::make_shared<const formats::TokenPrior>(file_bytes(path, kRemedy), harmless(path));
    } catch (const Error& error) {
      throw Error(error.what(), error.hint().empty() ? kRemedy : error.hint());
    }
  }();
  return prior;
}

}  // namespace

std::shared_ptr<const formats::TokenPrior> prior_for(const formats::WeightsHash& tokenizer_hash) {
  if (!has_prior()) return nullptr;
  auto prior = prior_at_hand();
  return prior->tokenizer_hash() == tokenizer_hash ? prior : nullptr;
}

std::shared_ptr<const formats::TokenPrior> prior_named(const formats::PriorId& id) {
  const std::string wanted = fmt::format("{:02x}{:02x}{:02x}{:02x}", id[0], id[1], id[2], id[3]);
  if (!has_prior())
    throw Error(fmt::format("its tokens are packed by the prior {}, which is not here", wanted), kRemedy);
  auto prior = prior_at_hand();
  if (prior->short_id() != id)
    throw Error(fmt::format("its tokens are packed by the prior {}, and the one here is {} ({})", wanted,
                            prior->id(), formats::hexadecimal(prior->hash()).substr(0, wanted.size())),
                kRemedy);
  return prior;
}

}  // namespace ictus::cli
