#include "lib/player/module.hpp"

#include "embedded/player_wasm.hpp"

namespace ictus::player {

std::string_view module_base64() { return kPlayerWasm; }

}  // namespace ictus::player
