#include <future>
#include <utility>

#include "apps/cli/play_events.hpp"
#include "apps/ictus-nn/actions.hpp"
#include "apps/ictus-nn/player.hpp"

namespace ictus::network {

int decode(const options::DecodeOptions& options, const cli::Streams& streams) {
  // Only the streams say which weights are needed, and a pipe says so when it comes.
  cli::EventModels event_models(options.network.model);
  const auto tokenizer = std::async(std::launch::deferred, load_tokenizer, options.network).share();
  // A future may be shared by threads as long as each has its own copy of it.
  const auto load = [&tokenizer] { return std::shared_future(tokenizer).get(); };
  const auto play = [&](cli::StreamInput& input, cli::TakeSound take) {
    return input.codec() == options::Codec::events
               ? cli::play_events(input, options, event_models, std::move(take))
               : play_mars(input, options, load, std::move(take));
  };
  return cli::decode(options, play, streams);
}

}  // namespace ictus::network
