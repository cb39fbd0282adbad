#include <fmt/format.h>

#include "apps/cli/jobs.hpp"
#include "apps/cli/stream_facts.hpp"
#include "apps/cli/text.hpp"
#include "apps/ictus/commands.hpp"
#include "apps/options/add.hpp"
#include "apps/options/refuse.hpp"

namespace ictus::front {
namespace {

struct TestOptions {
  std::vector<std::string> inputs;
  bool quiet = false;
};

int test(const TestOptions& options, const cli::Streams& streams) {
  const std::vector<std::string> inputs = cli::plan_inputs(options.inputs, streams);
  std::vector<std::string> names;
  for (const std::string& input : inputs) names.push_back(cli::display_name(input));

  cli::Reporter reporter(streams, options.quiet);
  return cli::run_tasks(names, 1, reporter, [&](std::size_t task) {
    cli::StreamInput input(inputs[task], streams);
    std::optional<DamagedInput> damage;
    const cli::StreamFacts facts = cli::read_facts(input, damage);
    if (damage) throw *damage;
    reporter.say(fmt::format("{}: sound, {:.1f} s, {}", names[task], facts.duration_s(),
                             cli::counted(facts.counts())));
  });
}

void accept(CLI::App& app, TestOptions& options) {
  add_inputs(app, "FILE", "Event streams and token pyramids. '-', or nothing, is standard input.",
             options.inputs);
  add_quiet(app, options.quiet);
}

}  // namespace

std::unique_ptr<Command> add_test(CLI::App& root) {
  return make_command(root, "test", "Check that streams are whole and sound", accept, nullptr, test, R"(
  ictus test song.evs
  ictus test -q archive/*.evs || echo 'something is damaged')");
}

}  // namespace ictus::front
