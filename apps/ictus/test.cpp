#include <fmt/format.h>

#include "apps/cli/jobs.hpp"
#include "apps/cli/text.hpp"
#include "apps/ictus/actions.hpp"
#include "apps/ictus/stream_facts.hpp"

namespace ictus::front {

int test(const options::TestOptions& options, const cli::Streams& streams) {
  const std::vector<std::string> inputs = cli::plan_inputs(options.inputs, streams);
  std::vector<std::string> names;
  for (const std::string& input : inputs) names.push_back(cli::display_name(input));

  cli::Reporter reporter(streams, options.quiet);
  return cli::run_tasks(names, 1, reporter, [&](std::size_t task) {
    cli::StreamInput input(inputs[task], streams);
    std::optional<DamagedInput> damage;
    const StreamFacts facts = read_facts(input, damage);
    if (damage) throw *damage;
    reporter.say(fmt::format("{}: sound, {:.1f} s, {}", names[task], facts.duration_s(),
                             cli::counted(facts.counts())));
  });
}

}  // namespace ictus::front
