// Printing the events of one stream, as they come.
#pragma once

#include "apps/cli/event_input.hpp"
#include "apps/cli/event_table.hpp"
#include "apps/cli/streams.hpp"
#include "apps/options/options.hpp"

namespace ictus::cli {

/// Prints every event; when the stream is damaged, those before the damage. Returns the exit status.
int dump(EventInput& input, const options::DumpOptions& options, const ExtraColumns& extra,
         const Streams& streams);

}  // namespace ictus::cli
