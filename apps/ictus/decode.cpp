#include <algorithm>

#include "apps/cli/decoding.hpp"
#include "apps/cli/jobs.hpp"
#include "apps/cli/play_events.hpp"
#include "apps/ictus/actions.hpp"
#include "apps/ictus/beginnings.hpp"

namespace ictus::front {
namespace {

/// Whether a network may be needed: where one input is a token pyramid, or cannot be told before it is read.
bool needs_network(const options::DecodeOptions& options, const cli::Streams& streams) {
  const auto jobs = cli::plan_jobs(options.inputs, options.output, options.talk,
                                   {cli::InputKind::stream, options.raw ? ".raw" : ".wav"}, streams);
  std::vector<std::string> inputs;
  for (const cli::Job& job : jobs) inputs.push_back(job.input);
  const std::vector<Beginning> beginnings = beginnings_of(inputs, streams);
  return std::any_of(beginnings.begin(), beginnings.end(), [](Beginning beginning) {
    return beginning == Beginning::token_pyramid || beginning == Beginning::unknown;
  });
}

}  // namespace

int decode(const options::DecodeOptions& options, const std::vector<std::string>& words,
           const cli::Streams& streams) {
  if (options.stems_folder) return decode_stems(options, streams);
  if (needs_network(options, streams))
    return hand_over_jobs(words, streams, options.inputs, options.output, options.talk,
                          {cli::InputKind::stream, options.raw ? ".raw" : ".wav"});
  cli::EventModels models(options.network.model);
  const auto play = [&](cli::StreamInput& input, cli::TakeSound take) {
    return cli::play_events(input, options, models, std::move(take));
  };
  return cli::decode(options, play, streams);
}

}  // namespace ictus::front
