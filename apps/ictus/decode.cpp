#include <fmt/format.h>

#include <memory>
#include <mutex>
#include <utility>

#include "apps/cli/decoding.hpp"
#include "apps/cli/networks.hpp"
#include "apps/cli/play_events.hpp"
#include "apps/ictus/commands.hpp"
#include "apps/ictus/stems.hpp"
#include "apps/options/add.hpp"
#include "apps/options/refuse.hpp"
#include "lib/audio/rates.hpp"

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

int decode(const options::DecodeOptions& options, const cli::Streams& streams) {
  if (options.stems_folder) return decode_stems(options, streams);
  Player player(options);
  const auto play = [&player](cli::StreamInput& input, cli::TakeSound take) {
    return player.play(input, std::move(take));
  };
  return cli::decode(options, play, streams);
}

void settle(DecodeOptions& options, const CLI::App& /*given*/) {
  refuse_force(options.output, !options.stems_folder && is_standard_output(options.output, options.inputs));
  if (options.scales && options.events) {
    throw UsageError("--scales is for token pyramids, and --events for event streams",
                     "Decode streams of the two codecs one by one.");
  }
  if (!options.stems_folder) return;
  if (options.output.path) {
    throw UsageError("--output and --stems cannot be used together", "--stems names the folder by itself.");
  }
  if (options.talk.json) {
    throw UsageError("--json and --stems cannot be used together",
                     "The table beside the stems says what was written.");
  }
  if (options.scales) {
    throw UsageError("--scales is for token pyramids, and --stems for event streams", "Leave out --scales.");
  }
  if (options.original_rate || options.rate_hz) {
    throw UsageError("--rate and --stems cannot be used together",
                     "Stems have the model's own rate; sox makes another of them.");
  }
}

void add_decode_rate(CLI::App& app, DecodeOptions& options) {
  add_value(app, kCodingGroup, "--rate", "N|original",
            fmt::format("Sample rate of the sound in Hz, {} to {}, or that of the recording which was "
                        "encoded. Without it: the model's own rate.",
                        audio::kMinSampleRateHz, audio::kMaxSampleRateHz),
            [&options](const std::string& value) {
              if (value == "original") {
                options.original_rate = true;
              } else {
                options.rate_hz = static_cast<int>(
                    whole_number("--rate", value, audio::kMinSampleRateHz, audio::kMaxSampleRateHz));
              }
            });
}

void accept(CLI::App& app, DecodeOptions& options) {
  add_inputs(app, "IN",
             "Event streams or token pyramids to decode; which it is the file says. '-', or nothing, is "
             "standard input.",
             options.inputs);
  add_output(app, options.output,
             "Where to write WAV, or samples with --raw, whatever the name ends in: a file, an existing "
             "folder, or '-' for standard output. Without it song.evs becomes song.wav beside it, and "
             "standard input goes to standard output.");
  static constexpr Choice<audio::SampleFormat> kSamples[] = {{"pcm16", audio::SampleFormat::pcm16},
                                                             {"pcm24", audio::SampleFormat::pcm24},
                                                             {"float32", audio::SampleFormat::float32}};
  add_choice(app, kCodingGroup, "--samples", kSamples, options.samples,
             "How samples are stored; pcm16 is dithered.");
  add_decode_rate(app, options);
  add_value(app, kCodingGroup, "--scales", "N",
            "Token pyramids only: decode the N coarsest scales alone. Without it: all that are there.",
            [&options](const std::string& value) {
              options.scales = static_cast<int>(whole_number("--scales", value, 1, kMostScales));
            });
  add_switch(app, kCodingGroup, "--raw", options.raw,
             "Write the samples alone, without a WAV header; a file gets the suffix .raw.");
  add_value(app, kCodingGroup, "--events", "N[,...]", event_choice, options.events,
            "Event streams only: decode these events alone, by the numbers that 'ictus dump' prints, from 0 "
            "on; 10..20 is a range. Times, gains and the length stay.");
  add_value(app, kCodingGroup, "--stems", "DIR", non_empty, options.stems_folder,
            "Event streams only: write each event into a file of its own in this folder, SONG-NUMBER.wav, "
            "from its onset on until it has died away. Their onsets stand in SONG-stems.tsv beside them.");
  add_coding(
      app, options.network, options.threads, options.talk,
      "Of token pyramids: what the network runs on; auto takes a graphics processor where there is one. "
      "Events run on the processor.",
      "Files, with --stems events, worked on at the same time; 0 is one per processor core.");
}

}  // namespace

std::unique_ptr<Command> add_decode(CLI::App& root) {
  return make_command(root, "decode", "Turn a stream of events or of tokens back into sound", accept, settle,
                      decode, R"(
  ictus decode song.evs                     make song.wav
  ictus decode song.evs -o back.wav --rate original
  ictus decode *.evs -o sound/              many files into a folder
  ictus decode song.evs -o - | aplay        listen to it
  ictus decode --events 3,7,10..20 song.evs -o some.wav
  ictus decode --stems events/ song.evs     a file of each event
  ictus decode --scales 4 note.mars         only what is coarse)");
}

}  // namespace ictus::front
