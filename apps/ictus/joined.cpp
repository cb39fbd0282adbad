#include "apps/ictus/joined.hpp"

#include <algorithm>

#include "apps/cli/command.hpp"
#include "apps/cli/jobs.hpp"
#include "apps/cli/text.hpp"
#include "lib/compose/coding.hpp"

namespace ictus::front {

Paths plan(const std::vector<std::string>& inputs, const options::OutputOptions& output,
           const cli::Streams& streams) {
  Paths paths{cli::plan_inputs(inputs, streams),
              cli::output_name(output.path.value_or(cli::kStandardStream))};
  if (paths.output == cli::kStandardStream) cli::check_standard_output({}, streams);
  for (const std::string& input : paths.inputs) {
    cli::check_job({input, paths.output}, output.force, streams);
  }
  return paths;
}

formats::EventStreamHeader header_of_all(const std::vector<std::unique_ptr<cli::EventInput>>& inputs) {
  formats::EventStreamHeader header = inputs.front()->header();
  for (const auto& input : inputs) {
    cli::require_same_model(inputs.front()->name(), inputs.front()->header(), input->name(), input->header());
    header.coding = compose::common_coding(header.coding, input->header().coding);
    header.channels = std::max(header.channels, input->header().channels);
  }
  return header;
}

void require_events(const cli::EventOutput& output, const std::vector<std::optional<DamagedInput>>& damages) {
  for (const auto& damage : damages) {
    if (damage && output.events() == 0) throw Error(damage->what(), "there is nothing in it to keep");
  }
}

int tell_damage(const std::vector<std::optional<DamagedInput>>& damages, cli::Reporter& reporter) {
  int status = cli::kDone;
  for (const auto& damage : damages) {
    if (!damage) continue;
    reporter.error(damage->what(), damage->hint());
    status = cli::kInputFailed;
  }
  return status;
}

}  // namespace ictus::front
