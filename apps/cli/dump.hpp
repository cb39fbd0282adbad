// Printing what a stream holds, as it comes.
#pragma once

#include "apps/cli/event_table.hpp"
#include "apps/cli/stream_input.hpp"
#include "apps/cli/streams.hpp"
#include "apps/options/options.hpp"

namespace ictus::cli {

/// Prints every event or token; when the stream is damaged, those before the damage. `extra` is for event
/// streams. Returns the exit status.
int dump(StreamInput& input, const options::DumpOptions& options, const ExtraColumns& extra,
         const Streams& streams);

}  // namespace ictus::cli
