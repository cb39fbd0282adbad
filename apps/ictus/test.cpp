#include <fmt/format.h>

#include "apps/cli/jobs.hpp"
#include "apps/cli/text.hpp"
#include "apps/ictus/commands.hpp"
#include "apps/ictus/stream_facts.hpp"
#include "apps/options/add.hpp"
#include "apps/options/refuse.hpp"

namespace ictus::front {
namespace {

using namespace options;

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
    const StreamFacts facts = read_facts(input, damage);
    if (damage) throw *damage;
    reporter.say(fmt::format("{}: sound, {:.1f} s, {}", names[task], facts.duration_s(),
                             cli::counted(facts.counts())));
  });
}

class TestCommand : public Command {
 public:
  explicit TestCommand(CLI::App& root) {
    CLI::App& app = *add_command(root, "test", "Check that streams are whole and sound",
                                 "  ictus test song.evs\n"
                                 "  ictus test -q archive/*.evs || echo 'something is damaged'");
    add_inputs(app, "FILE", "Event streams and token pyramids. '-', or nothing, is standard input.",
               options_.inputs);
    add_switch(app, kMessagesGroup, "-q,--quiet", "Say nothing but errors.", options_.quiet);
  }
  int run(const cli::Streams& streams) override { return test(options_, streams); }

 private:
  TestOptions options_;
};

}  // namespace

std::unique_ptr<options::Command> add_test(CLI::App& root) { return std::make_unique<TestCommand>(root); }

}  // namespace ictus::front
