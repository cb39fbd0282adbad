#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "apps/cli/command.hpp"
#include "apps/cli/event_input.hpp"
#include "apps/cli/event_models.hpp"
#include "apps/cli/event_output.hpp"
#include "apps/cli/jobs.hpp"
#include "apps/cli/model_search.hpp"
#include "apps/cli/streams.hpp"
#include "apps/cli/text.hpp"
#include "apps/cli/whole_file.hpp"
#include "apps/ictus/commands.hpp"
#include "apps/options/add.hpp"
#include "apps/options/options.hpp"
#include "apps/options/refuse.hpp"
#include "formats/number_names.hpp"
#include "lib/analysis/timbre_change.hpp"
#include "lib/compose/coding.hpp"
#include "lib/compose/expression.hpp"
#include "lib/compose/standard_places.hpp"
#include "lib/compose/variation.hpp"
#include "lib/synthesis/describe.hpp"
#include "lib/synthesis/power_course.hpp"

namespace ictus::front {
namespace {

struct VaryOptions : FileOptions {
  std::optional<compose::Expression> keep;
  std::optional<compose::Expression> where;  ///< what is shaped; all that is kept, without it
  std::optional<MorphOptions> morph;
  bool random_vectors = false;
  VectorOrigin vector_origin = VectorOrigin::file;
  double perturb = 0.0;
  bool perturb_each = false;
  double transpose_semitones = 0.0;
  std::optional<compose::Scale> tune;
  std::optional<Bend> glide, vibrato;
  std::optional<Duration> attack, hold, decay;
  double brightness_db = 0.0;  ///< an octave
  double noise_db = 0.0;       ///< more of it, against the partials
  std::optional<double> pan;
  double room_db = 0.0;
  bool random_times = false;
  std::optional<double> grid_s;
  double strength = 1.0, swing = 0.0;
  double stretch = 1.0;
  double shift_s = 0.0;
  double gain_db = 0.0;
  unsigned long long seed = 1;
  std::optional<std::string> model;  ///< used as asks_model() says

  /// Whether numbers move by less than their steps.
  [[nodiscard]] bool changes_vectors() const {
    return morph || random_vectors || perturb > 0.0 || brightness_db != 0.0;
  }
  [[nodiscard]] bool changes_numbers() const {
    return transpose_semitones != 0.0 || tune || glide || vibrato || attack || hold || decay ||
           noise_db != 0.0 || pan || room_db != 0.0;
  }
  [[nodiscard]] bool moves_pitches() const { return transpose_semitones != 0.0 || tune; }
  [[nodiscard]] bool asks_model() const {
    const auto asks_for_heard = [](const std::optional<compose::Expression>& condition) {
      return condition && condition->asks_for_heard();
    };
    return asks_for_heard(keep) || asks_for_heard(where) || moves_pitches() || brightness_db != 0.0 ||
           (random_vectors && vector_origin == VectorOrigin::model);
  }
  [[nodiscard]] bool changes_nothing() const {
    return !keep && !changes_vectors() && !changes_numbers() && !random_times && !grid_s && stretch == 1.0 &&
           shift_s == 0.0 && gain_db == 0.0;
  }
};

namespace fs = std::filesystem;

/// Fills in the facts that can only be heard, see compose::Fact; one entry for each of the events.
using Hear = std::function<void(std::span<const Event> events, std::vector<compose::FactValues>& facts)>;

Hear hearing_for(const cli::EventInput& input, cli::EventModels& models) {
  const cli::EventModel model = models.of(input.name(), input.header());
  return [model](std::span<const Event> events, std::vector<compose::FactValues>& facts) {
    using compose::Fact;
    const auto heard = synthesis::describe(*model, events);
    for (std::size_t i = 0; i < heard.size(); ++i) {
      facts[i][compose::index_of(Fact::duration)] = heard[i].duration_s;
      facts[i][compose::index_of(Fact::loudness)] = heard[i].loudness_db;
      facts[i][compose::index_of(Fact::pitch)] = heard[i].pitch_hz;
      facts[i][compose::index_of(Fact::brightness)] = heard[i].brightness_hz;
      facts[i][compose::index_of(Fact::decay)] = heard[i].decay_s;
    }
  };
}

/// A change of vectors that makes their sound brighter by so many dB an octave.
std::function<void(compose::Vector&)> brightening_for(const cli::EventInput& input, cli::EventModels& models,
                                                      double db_an_octave) {
  const cli::EventModel model = models.of(input.name(), input.header());
  return [model, db_an_octave](compose::Vector& vector) {
    analysis::brighten(vector, static_cast<float>(db_an_octave), model->timbre);
  };
}

std::function<double(const compose::Vector&)> energy_for(const cli::EventInput& input,
                                                         cli::EventModels& models) {
  const cli::EventModel model = models.of(input.name(), input.header());
  return [model](const compose::Vector& vector) {
    return synthesis::energy_db(model->timbre.sound_of(vector, 0.0F));
  };
}

compose::Chooser chooser_of(const compose::Expression& condition, const Hear& hear,
                            std::uint32_t sample_rate_hz) {
  return [&condition, hear, sample_rate_hz](std::span<const Event> events, std::uint64_t first) {
    std::vector<compose::FactValues> facts;
    for (std::size_t i = 0; i < events.size(); ++i) {
      facts.push_back(compose::values_of(events[i], first + i, sample_rate_hz));
    }
    if (hear) hear(events, facts);
    std::vector<bool> stays;
    for (const compose::FactValues& values : facts) stays.push_back(condition(values));
    return stays;
  };
}

compose::MorphTarget morph_target(const std::string& path, double amount, const cli::EventInput& input,
                                  const cli::Streams& streams) {
  cli::EventInput other(path, "--morph", streams);
  cli::require_same_model(input.name(), input.header(), other.name(), other.header());
  compose::MorphTarget target{cli::read_all(other), 0, amount};
  if (other.damage()) throw Error(other.damage()->what(), other.damage()->hint());
  if (target.events.empty()) throw Error(other.name() + ": has no events to morph towards");
  target.length_samples = static_cast<std::int64_t>(other.length_samples());
  return target;
}

compose::VectorSource vectors_like_training(const cli::EventInput& input,
                                            const std::optional<std::string>& model) {
  const formats::EventStreamHeader& header = input.header();
  const fs::path weights = cli::find_model(cli::Model::events, model);
  // Beside the usual weights lie those of earlier versions, under their own names.
  const fs::path candidates[] = {fs::path(weights).replace_extension(".vectors.json"),
                                 weights.parent_path() / (header.model_id + ".vectors.json")};
  const bool is_plain = header.model_id.find('/') == std::string::npos;
  std::error_code failure;
  const fs::path& path = is_plain && fs::exists(candidates[1], failure) ? candidates[1] : candidates[0];
  if (!fs::exists(path, failure)) {
    throw Error(fmt::format("{}: is missing, which says how the vectors of the model's training are spread",
                            cli::harmless(path.string())),
                "--from file takes those of the stream itself; script/measure-vectors makes such a file");
  }
  try {
    return compose::parse_vector_source(cli::read_whole_file(path.string()), cli::harmless(header.model_id),
                                        header.weights_hash);
  } catch (const Error& error) {
    throw Error(cli::sentence(error, cli::harmless(path.string())),
                "--from file takes those of the stream itself");
  }
}

/// Throws where the stream's model does not have a standard number that `option` is about.
void require_standard(std::size_t place, std::string_view option, const cli::EventInput& input) {
  const std::vector<formats::NumberName>& names = input.header().names;
  const formats::StandardNumber& number = formats::kStandardNumbers[place];
  if (place < names.size() && number == names[place]) return;
  throw Error(fmt::format("{}: names no number of {}", input.name(), number.name),
              fmt::format("{} is for streams whose model does, as 'ictus info' shows", option));
}

/// What the options say of single numbers, in their order.
std::vector<compose::NumberChange> changes_by(const VaryOptions& options, const cli::EventInput& input) {
  std::vector<compose::NumberChange> changes;
  const auto change = [&](std::string_view option, std::string_view name, bool is_set, double value) {
    const std::size_t place = formats::standard_place(name).value();
    require_standard(place, option, input);
    const formats::StandardNumber& number = formats::kStandardNumbers[place];
    const auto exact = static_cast<float>(value);
    changes.push_back({place, is_set, is_set ? number.number_of(exact) : number.number_for(exact)});
  };
  const auto bend = [&](std::string_view option, std::string_view depth, std::string_view other,
                        const std::optional<options::Bend>& asked) {
    if (!asked) return;
    change(option, depth, true, asked->semitones);
    if (asked->seconds_or_hz) change(option, other, true, *asked->seconds_or_hz);
  };
  const auto last = [&](std::string_view option, std::string_view name,
                        const std::optional<options::Duration>& asked) {
    if (asked) change(option, name, !asked->is_factor, asked->value);
  };
  bend("--glide", "glide", "glide_time", options.glide);
  bend("--vibrato", "vibrato", "vibrato_rate", options.vibrato);
  last("--attack", "attack", options.attack);
  last("--hold", "hold", options.hold);
  last("--decay", "decay", options.decay);
  if (options.noise_db != 0.0) change("--noise", "balance", false, -options.noise_db);
  if (options.pan) change("--pan", "position", true, *options.pan);
  if (options.room_db != 0.0) change("--room", "room", false, options.room_db);
  return changes;
}

/// A stream whose blocks can be asked for twice, which takes the memory of all of them.
class HeldBlocks {
 public:
  explicit HeldBlocks(cli::EventInput& input) {
    while (auto block = input.next()) blocks_.push_back(std::move(*block));
  }
  [[nodiscard]] compose::VectorSource vector_source() const {
    compose::VectorSpread spread;
    for (const EventBlock& block : blocks_) {
      for (const Event& event : block.events) spread.add(event.vector);
    }
    return compose::VectorSource(spread);
  }
  [[nodiscard]] const std::vector<EventBlock>& blocks() const { return blocks_; }

 private:
  std::vector<EventBlock> blocks_;
};

std::string what_was_left_out(const compose::VariationCounts& counts) {
  if (counts.before_start == 0) return {};
  return fmt::format(
      "{} begin before the start and {} left out",
      counts.before_start == 1 ? "1 event would" : fmt::format("{} events would", counts.before_start),
      counts.before_start == 1 ? "was" : "were");
}

std::string whose_pitch_stayed(const compose::VariationCounts& counts, std::string_view how) {
  std::string text;
  if (counts.noise > 0)
    text = fmt::format("{} {} noise", cli::counted(counts.noise, "event"), counts.noise == 1 ? "is" : "are");
  if (counts.beyond_range > 0)
    text += fmt::format("{}{} would leave the range of pitches", text.empty() ? "" : ", and ",
                        cli::counted(counts.beyond_range, "event"));
  return text.empty() ? text : text + fmt::format(": not {}", how);
}

/// The original's length, as much longer or shorter as the stream has become.
std::optional<std::uint64_t> original_length(const cli::EventInput& input, std::uint64_t before,
                                             std::uint64_t after) {
  const auto original = input.original_length_samples();
  if (!original) return std::nullopt;
  const double ratio =
      static_cast<double>(input.header().original_sample_rate_hz) / input.header().sample_rate_hz;
  const double change = ratio * (static_cast<double>(after) - static_cast<double>(before));
  return static_cast<std::uint64_t>(std::max(0.0, std::round(static_cast<double>(*original) + change)));
}

/// With nothing to do the stream stays as it is, byte for byte, whoever wrote it. Returns the exit status.
int copy(const cli::Job& job, const VaryOptions& options, const cli::Streams& streams,
         cli::Reporter& reporter) {
  cli::OutputFile output(job.output, options.output.force, streams);
  // The header is held back until it is known to be that of an event stream.
  std::vector<std::byte> header;
  bool is_event_stream = false;
  cli::EventInput input(job.input, "vary", streams, [&](std::span<const std::byte> bytes) {
    if (is_event_stream) {
      output.write(bytes);
    } else {
      header.insert(header.end(), bytes.begin(), bytes.end());
    }
  });
  is_event_stream = true;
  output.write(header);
  std::uint64_t events = 0;
  while (const auto block = input.next()) events += block->events.size();
  if (input.damage()) {
    throw Error(input.damage()->what(),
                "a damaged stream is not copied; 'ictus cat' saves what is sound in it");
  }
  output.commit();
  reporter.say(fmt::format("{} -> {}: the same, {}", input.name(), cli::display_output_name(job.output),
                           cli::counted(events, "event")));
  return cli::kDone;
}

/// Which events are meant.
void set_choices(compose::VariationSettings& settings, const VaryOptions& options, cli::EventModels& models,
                 const cli::EventInput& input) {
  const auto choice = [&](std::string_view option, const std::optional<compose::Expression>& condition) {
    if (!condition) return compose::Chooser();
    for (const std::size_t place : condition->standard_numbers()) require_standard(place, option, input);
    const Hear hear = condition->asks_for_heard() ? hearing_for(input, models) : Hear();
    return chooser_of(*condition, hear, input.header().sample_rate_hz);
  };
  settings.keep = choice("--keep", options.keep);
  settings.where = choice("--where", options.where);
}

/// What becomes of their sound, but for random vectors, and of their times.
void set_changes(compose::VariationSettings& settings, const VaryOptions& options, cli::EventModels& models,
                 const cli::EventInput& input) {
  settings.perturb = options.perturb;
  settings.perturb_each = options.perturb_each;
  for (const std::size_t place : {compose::kPitchPlace, compose::kBalancePlace}) {
    if (options.transpose_semitones != 0.0) require_standard(place, "--transpose", input);
    if (options.tune) require_standard(place, "--tune", input);
  }
  settings.transpose_semitones = options.transpose_semitones;
  settings.tune = options.tune;
  if (options.moves_pitches()) settings.energy_db = energy_for(input, models);
  settings.changes = changes_by(options, input);
  if (options.brightness_db != 0.0) settings.reshape = brightening_for(input, models, options.brightness_db);
  settings.random_times = options.random_times;
  const double rate_hz = input.header().sample_rate_hz;
  if (options.grid_s)
    settings.grid = compose::Grid{*options.grid_s * rate_hz, options.strength, options.swing};
  settings.stretch = options.stretch;
  settings.shift_samples = std::llround(options.shift_s * rate_hz);
  settings.gain_db = static_cast<float>(options.gain_db);
  settings.seed = options.seed;
}

/// The header of what is made of a stream with this one.
formats::EventStreamHeader varied_header(formats::EventStreamHeader header, const VaryOptions& options) {
  if (options.pan) header.channels = 2;
  header.coding = compose::refined(header.coding, 0, std::llround(10.0 * options.gain_db));
  if (options.changes_vectors()) header.coding = compose::with_finer_vectors(header.coding);
  return header;
}

/// Says which events were left out or could not be changed as asked.
void tell_of(const compose::VariationCounts& counts, const VaryOptions& options, const std::string& name,
             cli::Reporter& reporter) {
  if (const std::string left_out = what_was_left_out(counts); !left_out.empty()) {
    reporter.warning(fmt::format("{}: {}", name, left_out));
  }
  if (counts.at_an_end > 0) {
    reporter.warning(fmt::format("{}: numbers of {} would leave their ranges, and end there", name,
                                 cli::counted(counts.at_an_end, "event")));
  }
  const std::string_view how = options.transpose_semitones != 0.0 ? "transposed" : "tuned";
  if (const std::string left = whose_pitch_stayed(counts, how); !left.empty()) {
    if (counts.beyond_range > 0)
      reporter.warning(fmt::format("{}: {}", name, left));
    else
      reporter.say(fmt::format("{}: {}", name, left));
  }
}

/// Throws where nothing is left to write.
void require_events(const compose::VariationCounts& counts, const cli::EventInput& input) {
  if (counts.kept == 0 && counts.seen > 0) {
    throw Error(
        fmt::format("{}: nothing is left of its {}", input.name(), cli::counted(counts.seen, "event")),
        "ask for less");
  }
  if (input.damage() && counts.seen == 0) {
    throw Error(input.damage()->what(), "there is nothing in it to keep");
  }
}

int vary(const VaryOptions& options, const cli::Streams& streams) {
  cli::Reporter reporter(streams, options.quiet);
  // A stream to morph towards is read too, but is not the job's.
  std::vector<std::string> inputs = {options.input};
  if (options.morph) inputs.push_back(options.morph->path);
  inputs = cli::plan_inputs(inputs, streams);
  const cli::Job job{inputs.front(), cli::output_name(*options.output.path)};
  if (job.output == cli::kStandardStream) cli::check_standard_output({}, streams);
  cli::check_job(job, options.output.force, streams);
  if (options.changes_nothing()) return copy(job, options, streams, reporter);

  cli::EventInput input(job.input, "vary", streams);
  cli::EventModels models(options.model);
  compose::VariationSettings settings;
  set_choices(settings, options, models, input);
  if (options.morph) settings.morph = morph_target(inputs.back(), options.morph->amount, input, streams);
  std::optional<HeldBlocks> held;
  if (options.random_vectors && options.vector_origin == options::VectorOrigin::file) {
    held.emplace(input);
    settings.random_vectors = held->vector_source();
  } else if (options.random_vectors) {
    settings.random_vectors = vectors_like_training(input, options.model);
  }
  set_changes(settings, options, models, input);
  const formats::EventStreamHeader header = varied_header(input.header(), options);

  cli::EventOutput output(job.output, options.output.force, header, streams);
  compose::Variation variation(std::move(settings), header.coding,
                               [&](const EventBlock& block) { output.write(block); });
  if (held) {
    for (const EventBlock& block : held->blocks()) variation.push(block);
  } else {
    while (const auto block = input.next()) variation.push(*block);
  }
  const std::uint64_t length_samples = input.length_samples();
  const std::uint64_t new_length_samples = variation.finish(length_samples);
  tell_of(variation.counts(), options, input.name(), reporter);
  require_events(variation.counts(), input);
  output.finish(new_length_samples, original_length(input, length_samples, new_length_samples));
  cli::warn_of_limits(reporter, output);
  reporter.say(cli::made_line(input.name(), job.output, output, new_length_samples, header.sample_rate_hz));
  if (!input.damage()) return cli::kDone;
  reporter.error(input.damage()->what(), input.damage()->hint());
  return cli::kInputFailed;
}

/// Throws where a standard number would be set to what it cannot be.
void refuse_beyond(const char* option, const char* name, double value) {
  const formats::StandardNumber& number = formats::kStandardNumbers[formats::standard_place(name).value()];
  if (static_cast<float>(value) >= number.low && static_cast<float>(value) <= number.high) return;
  throw UsageError(fmt::format("{}: {} is out of range", option, value),
                   fmt::format("{} goes from {} to {} {}.", name, number.low, number.high, number.unit));
}

void refuse_beyond(const VaryOptions& options) {
  const auto bend = [](const char* option, const char* depth, const char* other,
                       const std::optional<Bend>& asked) {
    if (asked) refuse_beyond(option, depth, asked->semitones);
    if (asked && asked->seconds_or_hz) refuse_beyond(option, other, *asked->seconds_or_hz);
  };
  const auto time = [](const char* option, const char* name, const std::optional<Duration>& asked) {
    if (asked && !asked->is_factor) refuse_beyond(option, name, asked->value);
  };
  bend("--glide", "glide", "glide_time", options.glide);
  bend("--vibrato", "vibrato", "vibrato_rate", options.vibrato);
  time("--attack", "attack", options.attack);
  time("--hold", "hold", options.hold);
  time("--decay", "decay", options.decay);
}

void settle(VaryOptions& options, const CLI::App& command) {
  refuse_beyond(options);
  take_two_words(options);
  const bool has_chance = options.random_vectors || options.random_times || was_given(command, "--perturb");
  refuse_without(has_chance, command, "--seed", "--random-vectors, --perturb and --random-times");
  if (options.morph && options.random_vectors) {
    throw UsageError("--random-vectors takes the place of the vectors that --morph would move",
                     "Leave out one of them, or join two calls of 'ictus vary' by a pipe.");
  }
  if (options.where && !options.changes_vectors() && !options.changes_numbers() && !options.grid_s &&
      options.gain_db == 0.0) {
    throw UsageError("--where chooses events, and nothing is asked for that shapes them",
                     "Add what is to become of them, such as --transpose 12; --keep leaves out the others.");
  }
  refuse_without(
      options.asks_model(), command, "--model",
      "conditions on what is heard, such as pitch, --transpose, --tune, --brightness and --from model");
}

void add_vary_vectors(CLI::App& app, VaryOptions& options) {
  add_value(app, kSoundGroup, "--morph", "OTHER:AMOUNT", morph, options.morph,
            "Move each vector towards that of the event of another stream which begins nearest in time; a "
            "shorter one is begun again. 0 changes nothing, 1 goes all the way. Times and gains stay.");
  CLI::Option* const random = add_switch(app, kSoundGroup, "--random-vectors", options.random_vectors,
                                         "Replace each vector by a random one. Times and gains stay.");
  static constexpr Choice<VectorOrigin> kOrigins[] = {{"file", VectorOrigin::file},
                                                      {"model", VectorOrigin::model}};
  add_choice(app, kSoundGroup, "--from", kOrigins, options.vector_origin,
             "Whose vectors random ones are spread like: those of this file, or of the sound that the model "
             "learned from.")
      ->needs(random);
  CLI::Option* const perturb =
      add_number(app, kSoundGroup, "--perturb", "AMOUNT", 0.0, 2.0, options.perturb,
                 "Move all vectors by the same random step. AMOUNT is its standard deviation in each of the "
                 "32 numbers, which go from -1 to 1 and end there.");
  add_switch(app, kSoundGroup, "--each", options.perturb_each, "With --perturb: a step for each event.")
      ->needs(perturb);
}

void add_vary_pitches(CLI::App& app, VaryOptions& options) {
  add_value(
      app, kSoundGroup, "--transpose", "INTERVAL", semitones, options.transpose_semitones,
      "Pitches higher by so many semitones, 12, or cents, 30ct, or lower by -5 or -30ct; gains follow, so "
      "that events stay as loud. Noise has none and stays; so does an event whose pitch would leave the "
      "range that a stream holds.");
  add_value(app, kSoundGroup, "--tune", "SCALE", scale, options.tune,
            "Pitches to the nearest of a scale, such as 'D dorian', 'Bb minor' or 'chromatic', where A4 is "
            "440 Hz. Modes are major, minor, harmonic, melodic, those of the church, pentatonic, blues, "
            "whole-tone and chromatic.");
  add_value(app, kSoundGroup, "--glide", "INTERVAL[@TIME]", glide, options.glide,
            "Each event begins so far above its pitch, or with -2st below it, and glides there; 0 ends all "
            "glides.");
  add_value(app, kSoundGroup, "--vibrato", "INTERVAL[@RATE]", vibrato, options.vibrato,
            "Each event swings so far to either side, such as 30ct@5.5Hz; 0 ends all vibrato.");
}

void add_vary_courses(CLI::App& app, VaryOptions& options) {
  add_value(app, kSoundGroup, "--attack", "TIME|FACTORx", duration, options.attack,
            "How long attacks take: 20ms, or 2x as long.");
  add_value(app, kSoundGroup, "--hold", "TIME|FACTORx", duration, options.hold,
            "How long events are held, in the same way.");
  add_value(app, kSoundGroup, "--decay", "TIME|FACTORx", duration, options.decay,
            "In which events die away by 60 dB while they are held, in the same way.");
  add_value(
      app, kSoundGroup, "--brightness", "GAIN", decibels, options.brightness_db,
      "So much more for each octave of a spectrum, or less by -3dB, as near as the model's timbres come.");
  add_value(app, kSoundGroup, "--noise", "GAIN", decibels, options.noise_db,
            "More noise against the partials by 6dB, or less by -6dB.");
  add_number(app, kSoundGroup, "--pan", "POSITION", -1.0, 1.0, options.pan,
             "Where all events are: -1 is left, 1 is right. The stream has two channels then.");
  add_value(app, kSoundGroup, "--room", "GAIN", decibels, options.room_db,
            "More of the room by 6dB, or less by -6dB.");
}

void add_vary_times(CLI::App& app, VaryOptions& options) {
  CLI::Option* const random_times = add_switch(
      app, kTimeGroup, "--random-times", options.random_times,
      "Let each event begin anywhere in the length of the stream, every moment being equally likely.");
  CLI::Option* const quantise = add_value(app, kTimeGroup, "--quantise", "GRID", grid, options.grid_s,
                                          "Onsets to the nearest beat of a grid from the beginning on: "
                                          "1/16@96bpm, sixteenths at 96 quarters a minute, or 250ms.");
  add_number(app, kTimeGroup, "--strength", "AMOUNT", 0.0, 1.0, options.strength,
             "With --quantise: how far they go, 0 to 1. [1]")
      ->needs(quantise);
  add_number(app, kTimeGroup, "--swing", "AMOUNT", 0.0, 0.9, options.swing,
             "With --quantise: every second beat comes later by this part of a step, 0 to 0.9; 0.33 is that "
             "of triplets. [0]")
      ->needs(quantise);
  CLI::Option* const stretch =
      add_number(app, kTimeGroup, "--stretch", "FACTOR", 0.01, 100.0, options.stretch,
                 "Times, and the length, times this, 0.01 to 100; each event sounds as before.");
  CLI::Option* const shift =
      add_value(app, kTimeGroup, "--shift", "TIME", seconds, options.shift_s,
                "Everything later by 1.5, 1.5s or 200ms, or earlier by -1.5s; the length changes with it, "
                "and events that would begin before the start are left out.");
  for (CLI::Option* const whole : {random_times, stretch, shift}) app.get_option("--where")->excludes(whole);
}

void accept(CLI::App& app, VaryOptions& options) {
  add_two_words(
      app, "IN",
      "The event stream; '-', or nothing, is standard input. A second name is where to write, as with -o; "
      "without one it is standard output. What is asked for is done in the order of this list.",
      options);
  add_value(app, kChoiceGroup, "--keep", "CONDITION", expression, options.keep,
            "Leave out the events that do not meet it, such as 'gain>-30 && time<8s' or 'pitch>=A3 || "
            "decay<200ms'. It can ask for event (the number), time, gain, note (the pitch; 0 where the event "
            "is noise), attack, hold and the other numbers that 'ictus info' names, v0 to v31 and, which "
            "takes the model, for duration, loudness, pitch, brightness and decay; it knows < <= > >= == != "
            "&& || ! + - * / % and ( ).");
  add_value(app, kChoiceGroup, "--where", "CONDITION", expression, options.where,
            "Shape, or move to a grid, only the events that meet it; the others stay as they are. It asks as "
            "--keep does.");
  add_vary_vectors(app, options);
  add_vary_pitches(app, options);
  add_vary_courses(app, options);
  add_vary_times(app, options);
  add_value(app, kSoundGroup, "--gain", "GAIN", decibels, options.gain_db,
            "All gains more by 6dB, or less by -6dB, to 0.1dB.");
  add_seed(app, kChoiceGroup, options.seed,
           "Where the random numbers of --random-vectors, --perturb and --random-times start.");
  add_quiet(app, options.quiet);
  add_model(app, kEventModel, options.model);
}

}  // namespace

std::unique_ptr<Command> add_vary(CLI::App& root) {
  return make_command(root, "vary", "Make another event stream of one", accept, settle, vary, R"(
  ictus vary --random-times --seed 3 song.evs - | ictus decode - | aplay
  ictus vary --keep 'gain>-30 && time<8s' song.evs -o beginning.evs
  ictus vary --perturb 0.2 --stretch 1.25 song.evs -o slower.evs
  ictus vary --transpose -5 song.evs -o lower.evs
  ictus vary --where 'note>=C4' --tune 'D dorian' song.evs -o dorian.evs
  ictus vary --quantise 1/16@96bpm --swing 0.2 song.evs -o tight.evs
  ictus vary --morph other.evs:0.5 song.evs -o between.evs)");
}

}  // namespace ictus::front
