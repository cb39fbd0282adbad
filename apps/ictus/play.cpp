#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "apps/cli/command.hpp"
#include "apps/cli/event_input.hpp"
#include "apps/cli/event_models.hpp"
#include "apps/cli/event_output.hpp"
#include "apps/cli/jobs.hpp"
#include "apps/cli/model_search.hpp"
#include "apps/cli/names.hpp"
#include "apps/cli/same_weights.hpp"
#include "apps/cli/stream_tags.hpp"
#include "apps/cli/text.hpp"
#include "apps/cli/whole_file.hpp"
#include "apps/ictus/commands.hpp"
#include "apps/ictus/proposals.hpp"
#include "apps/ictus/stream_beginning.hpp"
#include "apps/options/add.hpp"
#include "apps/options/refuse.hpp"
#include "lib/analysis/encoder.hpp"
#include "lib/analysis/timbre_change.hpp"
#include "lib/compose/coding.hpp"
#include "lib/compose/instrument.hpp"
#include "lib/compose/reblock.hpp"
#include "lib/core/utf8.hpp"
#include "lib/notes/score.hpp"
#include "lib/synthesis/describe.hpp"
#include "lib/synthesis/event_notes.hpp"
#include "lib/synthesis/power_course.hpp"
#include "lib/synthesis/timbre.hpp"

namespace ictus::front {
namespace {

struct PlayOptions : FileOptions {
  std::vector<Instrument> instruments;
  double gain_db = 0.0;
  std::optional<std::string> model;
};

namespace fs = std::filesystem;

/// How long the last note may ring.
constexpr double kTailS = 4.0;
/// Recordings of notes are short.
constexpr double kLongestRecordingS = 600.0;

/// The instruments that come with the program, by General MIDI's programs.
struct Programs {
  int last;
  const char* instrument;
};
constexpr Programs kPrograms[] = {
    {3, "piano"},        {5, "electric-piano"}, {7, "harpsichord"},    {10, "glockenspiel"},
    {11, "vibraphone"},  {13, "marimba"},       {14, "vibraphone"},    {15, "harp"},
    {19, "flute"},       {23, "clarinet"},      {25, "guitar"},        {31, "electric-guitar"},
    {32, "double-bass"}, {39, "electric-bass"}, {44, "strings"},       {46, "harp"},
    {47, "marimba"},     {51, "strings"},       {55, "voices"},        {56, "trumpet"},
    {57, "trombone"},    {58, "tuba"},          {59, "trumpet"},       {60, "trombone"},
    {63, "trumpet"},     {67, "saxophone"},     {70, "oboe"},          {71, "clarinet"},
    {79, "flute"},       {87, "clarinet"},      {95, "strings"},       {103, "vibraphone"},
    {104, "sitar"},      {107, "banjo"},        {108, "kalimba"},      {109, "bagpipe"},
    {110, "strings"},    {111, "shanai"},       {113, "glockenspiel"}, {114, "steel-drum"},
    {119, "marimba"},    {127, "strings"}};
constexpr const char* kDrums = "drums";

const char* instrument_of(int program) {
  return std::find_if(std::begin(kPrograms), std::end(kPrograms),
                      [program](const Programs& programs) { return program <= programs.last; })
      ->instrument;
}

/// Sounds as they are loaded.
struct Sounds {
  std::vector<Event> events;
  int channels;
};

class Orchestra {
 public:
  Orchestra(const PlayOptions& options, const cli::Streams& streams, cli::Reporter& reporter)
      : options_(options),
        streams_(streams),
        reporter_(reporter),
        model_(cli::load_event_model(options.model)) {}

  [[nodiscard]] const synthesis::EventModel& model() const { return *model_; }
  /// By channel and program of a note.
  compose::Instrument& of(const notes::ScoreNote& note) {
    compose::Instrument*& known = chosen_[{note.channel, note.program}];
    if (known == nullptr) known = &loaded(note);
    return *known;
  }
  [[nodiscard]] bool is_stereo() const { return is_stereo_; }

 private:
  compose::Instrument& loaded(const notes::ScoreNote& note) {
    const bool is_drums = note.channel == notes::kDrumChannel;
    const options::Instrument* asked = nullptr;
    for (const options::Instrument& each : options_.instruments) {
      const bool names_it = std::count(each.channels.begin(), each.channels.end(), note.channel + 1) > 0;
      if (names_it || (each.channels.empty() && !is_drums && asked == nullptr)) asked = &each;
    }
    const std::string path =
        asked != nullptr ? asked->path : usual(is_drums ? kDrums : instrument_of(note.program));
    const auto event = asked != nullptr ? asked->event : std::nullopt;
    auto& made = instruments_[{path, event, is_drums}];
    if (!made) {
      try {
        made = std::make_unique<compose::Instrument>(
            voices(path, event, asked != nullptr && !is_drums), is_drums,
            compose::VectorSounds{.brighten =
                                      [this](compose::Vector& vector, double db_an_octave) {
                                        analysis::brighten(vector, static_cast<float>(db_an_octave),
                                                           model_->timbre);
                                      },
                                  .energy_db =
                                      [this](const compose::Vector& vector) {
                                        return synthesis::energy_db(model_->timbre.sound_of(vector, 0.0F));
                                      }});
      } catch (const Error& error) {
        throw Error(cli::sentence(error, cli::display_name(path)), error.hint());
      }
    }
    return *made;
  }

  /// The file of an instrument that comes with the program; it lies near the weights.
  std::string usual(const std::string& name) const {
    const fs::path weights = cli::find_model(cli::Model::events, {});
    for (const fs::path& folder : {weights.parent_path(), weights.parent_path() / ".."}) {
      const fs::path path = folder / "instruments" / (name + ".evs");
      std::error_code failure;
      if (fs::exists(path, failure)) return path.lexically_normal().string();
    }
    throw Error(fmt::format("the instrument {} that comes with the program is missing", name),
                fmt::format("name sounds with --with; it was looked for near {}", weights.string()));
  }

  /// Of its events; `of_notes`: those that are heard as notes alone, where there are any.
  std::vector<compose::Voice> voices(const std::string& path, std::optional<unsigned long long> event,
                                     bool of_notes) {
    // What is no stream is a recording, or nothing that can be opened, which is said.
    const bool is_recording = !may_be_stream(path, streams_);
    Sounds sounds = is_recording ? encode(path) : read(path);
    if (event) {
      if (*event >= sounds.events.size())
        throw Error(fmt::format("has no event {}; it has {}, counted from 0", *event,
                                cli::counted(sounds.events.size(), "event")));
      sounds.events = {sounds.events[*event]};
    }
    is_stereo_ = is_stereo_ || sounds.channels > 1;
    const auto heard = synthesis::describe(*model_, sounds.events);
    std::vector<compose::Voice> voices;
    const auto add = [&](std::size_t i) { voices.push_back({sounds.events[i], heard[i].brightness_hz}); };
    if (of_notes) {
      std::vector<double> onsets_s;
      for (const Event& each : sounds.events)
        onsets_s.push_back(static_cast<double>(each.onset_samples) / synthesis::EventModel::kSampleRateHz);
      for (const synthesis::EventNote& note : synthesis::notes_among(onsets_s, heard)) add(note.event);
    }
    if (voices.empty())
      for (std::size_t i = 0; i < heard.size(); ++i) add(i);
    return voices;
  }

  Sounds read(const std::string& path) {
    cli::EventInput input(path, "play", streams_);
    cli::require_same_weights(input.name(), {input.header().model_id, input.header().weights_hash},
                              {model_->id, model_->hash});
    Sounds sounds{cli::read_all(input), input.header().channels};
    if (input.damage()) throw Error(input.damage()->what(), input.damage()->hint());
    return sounds;
  }

  Sounds encode(const std::string& path) {
    const auto source = audio::Source::open(path, synthesis::EventModel::kSampleRateHz, std::nullopt, 2);
    Sounds sounds{{}, source->channels()};
    if (!proposals_) proposals_ = load_proposals(options_.model, *model_);
    analysis::Encoder encoder(
        model_, proposals_, {.coding = synthesis::event_coding(false), .channels = source->channels()},
        [&](const EventBlock& block) {
          sounds.events.insert(sounds.events.end(), block.events.begin(), block.events.end());
        });
    std::vector<float> block(static_cast<std::size_t>(65536 * source->channels()));
    double length_s = 0.0;
    while (const std::size_t count = source->read(block)) {
      encoder.push(std::span(block).first(count));
      length_s += static_cast<double>(count) / source->channels() / synthesis::EventModel::kSampleRateHz;
      if (length_s > kLongestRecordingS)
        throw Error("is longer than ten minutes", "encode it once, and name the stream: ictus encode FILE");
    }
    encoder.finish();
    reporter_.say(
        fmt::format("{}: encoded, {}", cli::display_name(path), cli::counted(sounds.events.size(), "event")));
    return sounds;
  }

  const PlayOptions& options_;
  const cli::Streams& streams_;
  cli::Reporter& reporter_;
  cli::EventModel model_;
  std::shared_ptr<const analysis::ProposalNetwork> proposals_;  ///< once a recording is encoded
  bool is_stereo_ = false;
  std::map<std::tuple<std::string, std::optional<unsigned long long>, bool>,
           std::unique_ptr<compose::Instrument>>
      instruments_;
  std::map<std::pair<int, int>, compose::Instrument*> chosen_;  ///< by channel and program
};

int play(const PlayOptions& options, const cli::Streams& streams) {
  cli::Reporter reporter(streams, options.quiet);
  std::vector<std::string> inputs = {options.input};
  for (const options::Instrument& instrument : options.instruments) inputs.push_back(instrument.path);
  inputs = cli::plan_inputs(inputs, streams);
  const cli::Job job{inputs.front(), cli::output_name(*options.output.path)};
  if (job.output == cli::kStandardStream) cli::check_standard_output({}, streams);
  for (const std::string& input : inputs) cli::check_job({input, job.output}, options.output.force, streams);

  const std::string name = cli::display_name(job.input);
  const std::string bytes = cli::read_whole_file(job.input, streams);
  notes::Score score;
  try {
    score = notes::read_score(std::as_bytes(std::span(bytes)));
  } catch (const Error& error) {
    throw Error(cli::sentence(error, name), error.hint());
  }
  if (score.notes.empty()) throw Error(name + ": has no notes");

  Orchestra orchestra(options, streams, reporter);
  for (const notes::ScoreNote& note : score.notes) (void)orchestra.of(note);
  formats::EventStreamHeader header = synthesis::header_for(orchestra.model(), false);
  const bool is_placed = std::any_of(score.notes.begin(), score.notes.end(),
                                     [](const notes::ScoreNote& note) { return note.is_placed; });
  header.channels = orchestra.is_stereo() || is_placed ? 2 : 1;
  header.original_channels = header.channels;
  header.coding = compose::with_finer_vectors(header.coding);
  if (!score.title.empty()) header.tags = cli::stream_tags({{"TITLE", printable(score.title)}}, {}).tags;

  cli::EventOutput output(job.output, options.output.force, header, streams);
  compose::Reblocker reblocker([&](const EventBlock& block) { output.write(block); });
  std::uint64_t beyond_range = 0;
  const double rate_hz = header.sample_rate_hz;
  for (const notes::ScoreNote& note : score.notes) {
    std::optional<Event> event = orchestra.of(note).play(note);
    if (!event) {
      ++beyond_range;
      continue;
    }
    event->onset_samples = std::llround(note.onset_s * rate_hz);
    event->gain_db += static_cast<float>(options.gain_db);
    event->vector = synthesis::settled(event->vector);
    reblocker.push(*event);
  }
  const auto length_samples = static_cast<std::int64_t>(std::llround((score.length_s + kTailS) * rate_hz));
  reblocker.finish(length_samples);
  if (beyond_range > 0) {
    const std::string what =
        fmt::format("{}: {} beyond the pitches that a stream holds, 25 Hz to 10500 Hz", name,
                    beyond_range == 1 ? "1 note lies" : fmt::format("{} notes lie", beyond_range));
    if (output.events() + beyond_range == beyond_range) throw Error(what, "transpose the score");
    reporter.warning(what + ", and " + (beyond_range == 1 ? "is" : "are") + " left out");
  }
  output.finish(static_cast<std::uint64_t>(length_samples));
  cli::warn_of_limits(reporter, output);
  reporter.say(cli::made_line(name, job.output, output, static_cast<std::uint64_t>(length_samples),
                              header.sample_rate_hz));
  return cli::kDone;
}

void settle(PlayOptions& options, const CLI::App& /*given*/) {
  take_two_words(options);
  std::set<int> taken;
  bool has_default = false;
  for (const Instrument& instrument : options.instruments) {
    if (instrument.channels.empty() && std::exchange(has_default, true))
      throw UsageError("--with: two sounds are for all channels",
                       "Say for which one of them is: 1=flute.evs.");
    for (const int channel : instrument.channels)
      if (!taken.insert(channel).second)
        throw UsageError(fmt::format("--with: channel {} has two sounds", channel));
  }
}

void accept(CLI::App& app, PlayOptions& options) {
  add_two_words(app, "SCORE",
                "A Standard MIDI File of format 0 or 1. '-', or nothing, is standard input. A second name is "
                "where to write, as with -o; without one it is standard output.",
                options);
  add_repeated(
      app, kSoundGroup, "--with", "[CHANNELS=]SOUND", instrument, options.instruments,
      "Sounds for the notes: an event stream, of which each note takes the event that is nearest in pitch "
      "and loudness; a single event of it, as in flute.evs#12; or a recording, which is encoded first. In "
      "front of it may stand whom it is for: channels, as in 1,3..5=flute.evs, or drums=kit.evs. May be "
      "repeated. Who has none is played by an instrument that comes with the program.");
  add_value(app, kSoundGroup, "--gain", "GAIN", decibels, options.gain_db,
            "All notes louder by 6dB, or softer by -6dB, to 0.1dB.");
  add_quiet(app, options.quiet);
  add_model(app, kEventModel, options.model);
}

}  // namespace

std::unique_ptr<Command> add_play(CLI::App& root) {
  return make_command(root, "play", "Play a score with the sounds of events", accept, settle, play, R"(
  ictus play score.mid | ictus decode - | aplay
  ictus play score.mid --with piano.evs -o piece.evs
  ictus play score.mid --with 1=flute.evs#12 --with drums=kit.wav -o piece.evs)");
}

}  // namespace ictus::front
