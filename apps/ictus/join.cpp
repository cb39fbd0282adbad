#include "lib/compose/join.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "apps/cli/command.hpp"
#include "apps/cli/event_input.hpp"
#include "apps/cli/event_output.hpp"
#include "apps/cli/jobs.hpp"
#include "apps/cli/text.hpp"
#include "apps/ictus/actions.hpp"
#include "lib/compose/coding.hpp"

namespace ictus::front {
namespace {

/// Where the inputs and the output are.
struct Paths {
  std::vector<std::string> inputs;
  std::string output;
};

/// Checks what can be said before anything is read: the inputs are there, and the output is not one of them.
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

/// The header of the first, with steps and channels in which what stands in all inputs can stand; also checks
/// that they are of one model.
formats::EventStreamHeader header_of_all(const std::vector<std::unique_ptr<cli::EventInput>>& inputs) {
  formats::EventStreamHeader header = inputs.front()->header();
  for (const auto& input : inputs) {
    cli::require_same_model(inputs.front()->name(), inputs.front()->header(), input->name(), input->header());
    header.coding = compose::common_coding(header.coding, input->header().coding);
    header.channels = std::max(header.channels, input->header().channels);
  }
  return header;
}

/// Throws the first damage when nothing was sound.
void require_events(const cli::EventOutput& output, const std::vector<std::optional<DamagedInput>>& damages) {
  for (const auto& damage : damages) {
    if (damage && output.events() == 0) throw Error(damage->what(), "there is nothing in it to keep");
  }
}

/// Tells damage of any input; the output holds what was sound. Returns the exit status.
int tell_damage(const std::vector<std::optional<DamagedInput>>& damages, cli::Reporter& reporter) {
  int status = cli::kDone;
  for (const auto& damage : damages) {
    if (!damage) continue;
    reporter.error(damage->what(), damage->hint());
    status = cli::kInputFailed;
  }
  return status;
}

}  // namespace

int mix(const options::MixOptions& options, const cli::Streams& streams) {
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

int cat(const options::CatOptions& options, const cli::Streams& streams) {
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

}  // namespace ictus::front
