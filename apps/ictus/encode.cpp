#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "apps/cli/encoding.hpp"
#include "apps/cli/event_models.hpp"
#include "apps/cli/jobs.hpp"
#include "apps/cli/networks.hpp"
#include "apps/ictus/commands.hpp"
#include "apps/ictus/first_look.hpp"
#include "apps/ictus/proposals.hpp"
#include "apps/options/add.hpp"
#include "apps/options/refuse.hpp"
#include "formats/event_stream.hpp"
#include "lib/analysis/encoder.hpp"
#include "lib/audio/rates.hpp"
#include "lib/core/path.hpp"

namespace ictus::front {
namespace {

/// How long a sound is tells the end of a file, in bytes that its length makes few more or fewer.
constexpr std::uint64_t kLongSamples = std::uint64_t{1} << 32U;

/// Samples to an event stream.
class EventMaker : public cli::StreamMaker {
 public:
  EventMaker(const cli::EventModel& model, std::shared_ptr<const analysis::ProposalNetwork> proposals,
             const options::EncodeOptions& options, const audio::Source& source, formats::ByteSink sink,
             cli::CodedFrames coded)
      : coded_(std::move(coded)),
        writer_(header(model, options, source), std::move(sink)),
        encoder_(model, std::move(proposals), settings(options, source, header(model, options, source)),
                 [this](const EventBlock& block) {
                   writer_.write(block);
                   events_ += block.events.size();
                   coded_(static_cast<std::uint64_t>(block.end_samples));
                 }) {}

  void push(std::span<const float> samples) override { encoder_.push(samples); }
  void finish(std::uint64_t frames, std::uint64_t original_frames) override {
    encoder_.finish();
    writer_.finish({.length_samples = frames, .original_length_samples = original_frames});
  }
  [[nodiscard]] bool is_silent() const override { return events_ == 0; }
  [[nodiscard]] cli::Counts counts() const override { return {{"event", events_}}; }
  [[nodiscard]] std::uint64_t bytes() const override { return writer_.bytes_written(); }

 private:
  /// Of a file without tags: these are as long as people want them.
  static double bits_without_events(formats::EventStreamHeader header) {
    header.tags.clear();
    std::size_t bytes = 0;
    formats::EventStreamWriter writer(header, [&](const auto& block) { bytes += block.size(); });
    writer.finish({.length_samples = kLongSamples, .original_length_samples = kLongSamples});
    return 8.0 * static_cast<double>(bytes);
  }
  static analysis::EncoderSettings settings(const options::EncodeOptions& options,
                                            const audio::Source& source, formats::EventStreamHeader header) {
    analysis::EncoderSettings made{.coding = synthesis::event_coding(options.lossless),
                                   .channels = source.channels(),
                                   .threads = cli::threads_of_task(options.threads, cli::tasks_of(options)),
                                   .effort = options.effort};
    if (options.bitrate_kbit_s) {
      made.most_bits_per_second = 1000.0 * *options.bitrate_kbit_s;
      made.other_bits = bits_without_events(std::move(header));
    }
    const options::Until& until = options.until;
    if (until.left_db) made.enough_left_db = static_cast<float>(*until.left_db);
    if (until.distance_db) made.enough_distance_db = static_cast<float>(*until.distance_db);
    if (until.events) made.most_events = *until.events;
    if (options.events_per_second) made.most_events_per_second = *options.events_per_second;
    return made;
  }
  static formats::EventStreamHeader header(const cli::EventModel& model,
                                           const options::EncodeOptions& options,
                                           const audio::Source& source) {
    formats::EventStreamHeader header = synthesis::header_for(*model, options.lossless);
    header.channels = static_cast<std::uint8_t>(source.channels());
    cli::describe_source(header, source, options);
    return header;
  }

  cli::CodedFrames coded_;
  formats::EventStreamWriter writer_;
  std::uint64_t events_ = 0;
  analysis::Encoder encoder_;
};

cli::Encoding event_encoding(const options::EncodeOptions& options) {
  const cli::EventModel model = cli::load_event_model(options.network.model);
  const auto proposals = load_proposals(options.network.model, *model);
  cli::Encoding encoding;
  encoding.sample_rate_hz = synthesis::EventModel::kSampleRateHz;
  encoding.most_channels = options.mono ? 1 : 2;
  encoding.least_audible = analysis::kLeastAudible;
  encoding.begin = [model, proposals, &options](const audio::Source& source, formats::ByteSink sink,
                                                cli::CodedFrames coded) {
    return std::make_unique<EventMaker>(model, proposals, options, source, std::move(sink), std::move(coded));
  };
  return encoding;
}

int encode(const options::EncodeOptions& options, const cli::Streams& streams) {
  if (options.codec == options::Codec::events)
    return cli::encode(
        options, [&options] { return event_encoding(options); }, streams);
  const auto jobs = cli::encode_jobs(options, streams);
  if (!options.talk.json && !options.many.skip_done && !options.many.manifest && !jobs.empty() &&
      !any_can_begin(jobs, options.output.force, streams))
    return refuse_all(jobs, options.output.force, streams);
  return cli::encode(
      options, [&options] { return cli::networks().pyramid_encoding(options); }, streams);
}

/// The codec that the name of a file tells.
std::optional<Codec> codec_of_name(const std::string& path) {
  for (const Codec codec : {Codec::events, Codec::mars}) {
    if (has_suffix(path, suffix_of(codec))) return codec;
  }
  return std::nullopt;
}

/// Settles the codec, which the output's name may tell, and what can be asked of it.
void settle(EncodeOptions& options, const CLI::App& command) {
  if (const auto named = codec_of_name(options.output.path.value_or(""))) {
    if (!was_given(command, "--codec")) options.codec = *named;
    if (options.codec != *named) {
      throw UsageError(
          fmt::format("--codec asks for another kind of file than the name {} does", *options.output.path),
          fmt::format("Leave out --codec, or name a file that ends in {}.", suffix_of(options.codec)));
    }
  }
  refuse_without(options.codec == Codec::mars, command, "--device", "--codec mars");
  if (options.codec == Codec::mars) {
    for (const char* const option : {"--lossless", "--mono", "--bitrate", "--events-per-second", "--until"}) {
      if (was_given(command, option)) {
        throw UsageError(fmt::format("{} is for events, and a token pyramid is asked for", option),
                         "Leave it out, or use --codec events.");
      }
    }
  }
  refuse_without(options.codec == Codec::mars, command, "--device", "token pyramids",
                 "Leave it out, or use --codec mars.");
  refuse_force(options.output, is_standard_output(options.output, options.inputs));
  refuse_many(options.many, options.output, options.inputs);
  if (!options.bitrate_kbit_s && !options.lossless) options.bitrate_kbit_s = kDefaultKbitS;
  if (!options.events_per_second && options.lossless) options.events_per_second = kLosslessEventsPerSecond;
}

void add_encode_events(CLI::App& app, EncodeOptions& options) {
  add_number(app, kCodingGroup, "--bitrate", "KBIT_S", 0.5, 100, options.bitrate_kbit_s,
             "Events only: the file takes at most so many kbit/s, 0.5 to 100, tags left out; fewer where the "
             "sound needs fewer. The events of a sound of about a second or less may take what a second may, "
             "without header and end, and one too short for an event at that rate has one all the same. With "
             "--lossless there is no limit unless one is given.")
      ->default_str(fmt::format("{}", kDefaultKbitS));
  add_number(app, kCodingGroup, "--events-per-second", "N", 0.1, 1000, options.events_per_second,
             "Events only: at most so many, 0.1 to 1000, rounded up for the whole sound, as far as the "
             "bitrate allows them.");
  add_value(app, kCodingGroup, "--until", "left=DB|distance=DB|events=N[,...]", until, options.until,
            "Events only: no more events than bring what is left of a sound's spectrogram so far below it "
            "(left=-20dB), or the events so near to it by the distance that they are fitted by "
            "(distance=3dB), in each stretch of 4.5 s; or no more than N in the file, from its beginning on. "
            "Of several, the first that is reached. Those that do least for the whole are left out.");
  add_switch(app, kCodingGroup, "--lossless", options.lossless,
             "Events only: keep their numbers as 32-bit floats; the file becomes several times larger.");
  add_switch(app, kCodingGroup, "--mono", options.mono,
             "Events only: bring what has more channels to one, as token pyramids have it; all events then "
             "go into that one.");
}

void accept(CLI::App& app, EncodeOptions& options) {
  add_inputs(
      app, "IN",
      fmt::format(
          "Sound to encode: WAV (RF64, BW64 and W64 too), AIFF, AU, CAF, FLAC, Ogg (Vorbis, Opus or FLAC) or "
          "MP3, at {} Hz to {} Hz, with up to {} channels. '-', or nothing, is standard input.",
          audio::kMinSampleRateHz, audio::kMaxSampleRateHz, audio::kMaxChannels),
      options.inputs);
  add_output(app, options.output,
             "Where to write: a file, an existing folder, or '-' for standard output. Without it song.wav "
             "becomes song.evs, or song.mars, beside it, and standard input goes to standard output.");
  static constexpr Choice<Codec> kCodecs[] = {{"events", Codec::events}, {"mars", Codec::mars}};
  add_choice(app, kCodingGroup, "--codec", kCodecs, options.codec,
             "What to make: events (.evs), for music of any kind, or mars, a pyramid of tokens (.mars), for "
             "single notes. Without it an OUT that ends in .mars becomes one.");
  add_whole_number(app, kCodingGroup, "--effort", 0, 9, options.effort,
                   "Time spent on finding better events or tokens, 0 to 9; it costs time, never bits.");
  add_encode_events(app, options);
  add_repeated(
      app, kCodingGroup, "--tag", "FIELD=VALUE", tag, options.tags,
      "Set a tag, in place of the input's own of that name; an empty VALUE removes it. May be repeated.");
  add_value(app, kInputGroup, "--raw", "ENCODING:RATE:CHANNELS", raw_format, options.raw,
            fmt::format("The inputs are samples without a header. ENCODING is s16le, s24le, s32le, f32le or "
                        "u8, RATE {} to {}, in Hz, and CHANNELS 1 to {}.",
                        audio::kMinSampleRateHz, audio::kMaxSampleRateHz, audio::kMaxChannels));
  add_many(app, options.many);
  add_coding(
      app, options.network, options.threads, options.talk,
      "Token pyramids only: what the network runs on; auto takes a graphics processor where there is "
      "one.",
      "Cores to use, for files at the same time and for pieces of a long one; 0 is all. The streams do "
      "not depend on it.");
}

}  // namespace

std::unique_ptr<Command> add_encode(CLI::App& root) {
  return make_command(root, "encode", "Turn sound into a stream of events or of tokens", accept, settle,
                      encode, R"(
  ictus encode song.wav                     make song.evs
  ictus encode --codec mars note.wav        make note.mars
  ictus encode song.wav -o -  > s.evs       write to standard output
  ictus encode *.flac -o events/            many files into a folder
  ictus encode --shard 3/16 --skip-done --manifest 3.jsonl *.flac -o events/
  arecord -f cd | ictus encode - | ictus decode - | aplay
  ictus encode --raw s16le:44100:2 - < in.pcm > out.evs)");
}

}  // namespace ictus::front
