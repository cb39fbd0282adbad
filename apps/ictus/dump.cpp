#include "apps/cli/dump.hpp"

#include "apps/cli/jobs.hpp"
#include "apps/ictus/actions.hpp"

namespace ictus::front {

int dump(const options::DumpOptions& options, const cli::Streams& streams) {
  if (options.needs_model()) return dump_described(options, streams);
  cli::StreamInput input(cli::plan_inputs(options.inputs, streams).front(), streams);
  return cli::dump(input, options, {}, streams);
}

}  // namespace ictus::front
