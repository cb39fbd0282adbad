// A file for each event of a stream.
#pragma once

#include "apps/cli/streams.hpp"
#include "apps/options/options.hpp"

namespace ictus::front {

/// Returns the exit status.
int decode_stems(const options::DecodeOptions& options, const cli::Streams& streams);

}  // namespace ictus::front
