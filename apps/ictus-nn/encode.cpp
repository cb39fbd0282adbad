#include "apps/ictus-nn/actions.hpp"

namespace ictus::network {

int encode(const options::EncodeOptions& options, const cli::Streams& streams) {
  return options.codec == options::Codec::mars ? encode_mars(options, streams)
                                               : encode_events(options, streams);
}

}  // namespace ictus::network
