#include "apps/cli/dump.hpp"

#include "apps/cli/jobs.hpp"

namespace ictus::cli {

int dump(EventInput& input, const options::DumpOptions& options, const ExtraColumns& extra,
         const Streams& streams) {
  Reporter reporter(streams);
  return run_tasks({input.name()}, 1, reporter, [&](std::size_t) {
    TextOutput out(streams.out);
    EventTable table(out, options.format, !options.no_vectors, extra, input.header().sample_rate_hz);
    table.print_header();
    out.flush();
    while (const auto block = input.reader().next()) {
      table.print(block->events);
      out.flush();  // who reads along sees each block when it has come
    }
  });
}

}  // namespace ictus::cli
