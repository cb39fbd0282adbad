#include "apps/cli/vary.hpp"

#include "apps/ictus/actions.hpp"

namespace ictus::front {

int vary(const options::VaryOptions& options, const cli::Streams& streams) {
  return cli::vary(options, {}, streams);
}

}  // namespace ictus::front
