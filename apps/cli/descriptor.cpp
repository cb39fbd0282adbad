#include "apps/cli/descriptor.hpp"

#include "apps/cli/text.hpp"
#include "lib/core/path.hpp"

namespace ictus::cli {

UniqueFd open_for_reading(const std::string& path) {
  return ictus::open_for_reading(path, display_name(path));
}

}  // namespace ictus::cli
