#include <memory>
#include <mutex>
#include <utility>

#include "apps/cli/decoding.hpp"
#include "apps/cli/networks.hpp"
#include "apps/cli/play_events.hpp"
#include "apps/ictus/actions.hpp"

namespace ictus::front {
namespace {

/// Plays streams of both codecs; the networks are loaded by the first token pyramid.
class Player {
 public:
  explicit Player(const options::DecodeOptions& options)
      : options_(options), models_(options.network.model) {}

  std::unique_ptr<cli::StreamPlayer> play(cli::StreamInput& input, cli::TakeSound take) {
    if (input.codec() == options::Codec::events)
      return cli::play_events(input, options_, models_, std::move(take));
    std::call_once(asked_, [this] { play_pyramid_ = cli::networks().pyramid_play(options_); });
    return play_pyramid_(input, std::move(take));
  }

 private:
  const options::DecodeOptions& options_;
  cli::EventModels models_;
  std::once_flag asked_;
  cli::Play play_pyramid_;
};

}  // namespace

int decode(const options::DecodeOptions& options, const cli::Streams& streams) {
  if (options.stems_folder) return decode_stems(options, streams);
  Player player(options);
  const auto play = [&player](cli::StreamInput& input, cli::TakeSound take) {
    return player.play(input, std::move(take));
  };
  return cli::decode(options, play, streams);
}

}  // namespace ictus::front
