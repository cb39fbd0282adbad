#include "apps/cli/same_weights.hpp"

#include <fmt/format.h>

#include "lib/core/error.hpp"

namespace ictus::cli {

void require_same_weights(const std::string& name, const Identity& made_with, const Identity& at_hand) {
  if (made_with.hash == at_hand.hash) return;
  throw Error(
      fmt::format("{}: made with the weights {} ({}), but the model at hand is {} ({})", name, made_with.id,
                  formats::hexadecimal(made_with.hash), at_hand.id, formats::hexadecimal(at_hand.hash)),
      "give the weights it was made with: --model FILE");
}

}  // namespace ictus::cli
