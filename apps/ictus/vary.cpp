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
#include "apps/ictus/actions.hpp"
#include "apps/options/options.hpp"
#include "lib/analysis/timbre_change.hpp"
#include "lib/compose/coding.hpp"
#include "lib/compose/expression.hpp"
#include "lib/compose/standard_places.hpp"
#include "lib/compose/variation.hpp"
#include "lib/synthesis/describe.hpp"

namespace ictus::front {
namespace {

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
std::vector<compose::NumberChange> changes_by(const options::VaryOptions& options,
                                              const cli::EventInput& input) {
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
int copy(const cli::Job& job, const options::VaryOptions& options, const cli::Streams& streams,
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
void set_choices(compose::VariationSettings& settings, const options::VaryOptions& options,
                 cli::EventModels& models, const cli::EventInput& input) {
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
void set_changes(compose::VariationSettings& settings, const options::VaryOptions& options,
                 cli::EventModels& models, const cli::EventInput& input) {
  settings.perturb = options.perturb;
  settings.perturb_each = options.perturb_each;
  for (const std::size_t place : {compose::kPitchPlace, compose::kBalancePlace}) {
    if (options.transpose_semitones != 0.0) require_standard(place, "--transpose", input);
    if (options.tune) require_standard(place, "--tune", input);
  }
  settings.transpose_semitones = options.transpose_semitones;
  settings.tune = options.tune;
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
formats::EventStreamHeader varied_header(formats::EventStreamHeader header,
                                         const options::VaryOptions& options) {
  if (options.pan) header.channels = 2;
  header.coding = compose::refined(header.coding, 0, std::llround(10.0 * options.gain_db));
  if (options.changes_vectors()) header.coding = compose::with_finer_vectors(header.coding);
  return header;
}

/// Says which events were left out or could not be changed as asked.
void tell_of(const compose::VariationCounts& counts, const options::VaryOptions& options,
             const std::string& name, cli::Reporter& reporter) {
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

}  // namespace

int vary(const options::VaryOptions& options, const cli::Streams& streams) {
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

}  // namespace ictus::front
