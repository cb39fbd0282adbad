#include <algorithm>
#include <cmath>
#include <memory>

#include "apps/cli/text.hpp"
#include "apps/ictus/commands.hpp"
#include "apps/ictus/joined.hpp"
#include "apps/options/add.hpp"
#include "apps/options/refuse.hpp"
#include "lib/compose/coding.hpp"
#include "lib/compose/join.hpp"

namespace ictus::front {
namespace {

struct MixOptions {
  std::vector<std::string> words;  ///< IN[=GAIN][@OFFSET]
  std::vector<MixPart> inputs;
  OutputOptions output;
  bool quiet = false;
};

int mix(const MixOptions& options, const cli::Streams& streams) {
  cli::Reporter reporter(streams, options.quiet);
  std::vector<std::string> names;
  for (const options::MixPart& part : options.inputs) names.push_back(part.path);
  const Paths paths = plan(names, options.output, streams);

  std::vector<std::unique_ptr<cli::EventInput>> inputs;
  for (const std::string& path : paths.inputs)
    inputs.push_back(std::make_unique<cli::EventInput>(path, "mix", streams));
  formats::EventStreamHeader header = header_of_all(inputs);
  std::vector<compose::MixInput> tracks;
  std::vector<std::int64_t> offsets_samples;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const options::MixPart& part = options.inputs[i];
    offsets_samples.push_back(std::llround(part.offset_s * header.sample_rate_hz));
    // Blocks of several streams do not end together, and so no step but that of a sample holds all onsets.
    header.coding = compose::refined(header.coding, 1, std::llround(10.0 * part.gain_db));
    tracks.push_back({[&input = *inputs[i]] { return input.next(); }, offsets_samples[i],
                      static_cast<float>(part.gain_db)});
  }

  cli::EventOutput output(paths.output, options.output.force, header, streams);
  compose::mix(std::move(tracks), [&](const EventBlock& block) { output.write(block); });
  std::uint64_t length_samples = 0;
  std::vector<std::optional<DamagedInput>> damages;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    length_samples = std::max(length_samples,
                              inputs[i]->length_samples() + static_cast<std::uint64_t>(offsets_samples[i]));
    damages.push_back(inputs[i]->damage());
  }
  // Of one input at its place nothing has changed, so that its original is as long as before.
  const bool is_same = inputs.size() == 1 && offsets_samples.front() == 0;
  require_events(output, damages);
  output.finish(length_samples, is_same ? inputs.front()->original_length_samples() : std::nullopt);
  cli::warn_of_limits(reporter, output);
  reporter.say(cli::made_line(cli::counted(inputs.size(), "stream"), paths.output, output, length_samples,
                              header.sample_rate_hz));
  return tell_damage(damages, reporter);
}

void settle(MixOptions& options, const CLI::App& /*given*/) {
  if (options.words.empty())
    throw UsageError("there is nothing to mix", "Name event streams: ictus mix a.evs b.evs=-3dB@2.5s.");
  for (const std::string& word : options.words) options.inputs.push_back(mix_part(word));
  refuse_force(options.output, is_standard_output(options.output));
}

void accept(CLI::App& app, MixOptions& options) {
  add_inputs(app, "IN[=GAIN][@OFFSET]",
             "Event streams of one model, each with a gain in dB and when it begins, such as 2.5s or 200ms; "
             "without them 0dB and at once. '-' is standard input; with a gain or an offset /dev/stdin.",
             options.words);
  add_output(app, options.output, "Where to write: a file, or '-', or nothing, for standard output.");
  add_quiet(app, options.quiet);
}

}  // namespace

std::unique_ptr<Command> add_mix(CLI::App& root) {
  return make_command(root, "mix", "Put event streams side by side", accept, settle, mix, R"(
  ictus mix drums.evs=0dB piano.evs=-3dB@2.5s -o both.evs
  ictus mix a.evs b.evs - < c.evs | ictus decode - | aplay)");
}

}  // namespace ictus::front
