#include <memory>

#include "apps/cli/text.hpp"
#include "apps/ictus/commands.hpp"
#include "apps/ictus/joined.hpp"
#include "apps/options/add.hpp"
#include "apps/options/refuse.hpp"
#include "lib/compose/join.hpp"

namespace ictus::front {
namespace {

int cat(const FilesOptions& options, const cli::Streams& streams) {
  cli::Reporter reporter(streams, options.quiet);
  const Paths paths = plan(options.inputs, options.output, streams);

  // Headers decide about the output's, so all streams are opened first; events are read one after the other.
  std::vector<std::unique_ptr<cli::EventInput>> inputs;
  for (const std::string& path : paths.inputs)
    inputs.push_back(std::make_unique<cli::EventInput>(path, "cat", streams));
  formats::EventStreamHeader header = header_of_all(inputs);

  cli::EventOutput output(paths.output, options.output.force, header, streams);
  compose::Joiner joiner([&](const EventBlock& block) { output.write(block); });
  std::optional<std::uint64_t> original_samples = 0;
  std::vector<std::optional<DamagedInput>> damages;
  for (const auto& input : inputs) {
    while (const auto block = input->next()) joiner.push(*block);
    try {
      joiner.end_list(input->length_samples());
    } catch (const Error& error) {
      throw Error(cli::sentence(error, input->name()), error.hint());
    }
    const bool has_same_rate = input->header().original_sample_rate_hz == header.original_sample_rate_hz;
    const auto original = has_same_rate ? input->original_length_samples() : std::nullopt;
    original_samples =
        original_samples && original ? std::optional(*original_samples + *original) : std::nullopt;
    damages.push_back(input->damage());
  }
  require_events(output, damages);
  output.finish(joiner.length_samples(), original_samples);
  reporter.say(cli::made_line(cli::counted(inputs.size(), "stream"), paths.output, output,
                              joiner.length_samples(), header.sample_rate_hz));
  return tell_damage(damages, reporter);
}

void settle(FilesOptions& options, const CLI::App& /*given*/) {
  refuse_force(options.output, is_standard_output(options.output));
}

void accept(CLI::App& app, FilesOptions& options) {
  add_inputs(app, "IN", "Event streams of one model. '-', or nothing, is standard input.", options.inputs);
  add_output(app, options.output, "Where to write: a file, or '-', or nothing, for standard output.");
  add_quiet(app, options.quiet);
}

}  // namespace

std::unique_ptr<Command> add_cat(CLI::App& root) {
  return make_command(root, "cat", "Put event streams one after the other", accept, settle, cat, R"(
  ictus cat a.evs b.evs -o ab.evs
  ictus cat verse.evs verse.evs chorus.evs | ictus decode - | aplay)");
}

}  // namespace ictus::front
