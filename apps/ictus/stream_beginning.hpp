// Whether an input is a stream, as far as it can be told before it is read.
#pragma once

#include <string>

#include "apps/cli/streams.hpp"

namespace ictus::front {

/// Whether it begins as a stream of either codec, or cannot be looked at without being read. What cannot be
/// opened is none.
[[nodiscard]] bool may_be_stream(const std::string& input, const cli::Streams& streams);

}  // namespace ictus::front
