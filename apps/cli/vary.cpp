#include "apps/cli/vary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string_view>

#include "apps/cli/command.hpp"
#include "apps/cli/event_output.hpp"
#include "apps/cli/jobs.hpp"
#include "apps/cli/model_search.hpp"
#include "apps/cli/text.hpp"
#include "apps/cli/whole_file.hpp"
#include "lib/compose/coding.hpp"
#include "lib/compose/variation.hpp"

namespace ictus::cli {
namespace {

namespace fs = std::filesystem;

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

compose::MorphTarget morph_target(const std::string& path, double amount, const EventInput& input,
                                  const Streams& streams) {
  EventInput other(path, "--morph", streams);
  require_same_model(input.name(), input.header(), other.name(), other.header());
  compose::MorphTarget target{read_all(other), 0, amount};
  if (other.damage()) throw Error(other.damage()->what(), other.damage()->hint());
  if (target.events.empty()) throw Error(other.name() + ": has no events to morph towards");
  target.length_samples = static_cast<std::int64_t>(other.length_samples());
  return target;
}

compose::VectorSource vectors_like_training(const EventInput& input,
                                            const std::optional<std::string>& model) {
  const formats::EventStreamHeader& header = input.header();
  const fs::path weights = find_model(Model::events, model);
  // Beside the usual weights lie those of earlier versions, under their own names.
  const fs::path candidates[] = {fs::path(weights).replace_extension(".vectors.json"),
                                 weights.parent_path() / (header.model_id + ".vectors.json")};
  const bool is_plain = header.model_id.find('/') == std::string::npos;
  std::error_code failure;
  const fs::path& path = is_plain && fs::exists(candidates[1], failure) ? candidates[1] : candidates[0];
  if (!fs::exists(path, failure)) {
    throw Error(fmt::format("{}: is missing, which says how the vectors of the model's training are spread",
                            harmless(path.string())),
                "--from file takes those of the stream itself; script/measure-vectors makes such a file");
  }
  try {
    return compose::parse_vector_source(read_whole_file(path.string()), harmless(header.model_id),
                                        header.weights_hash);
  } catch (const Error& error) {
    throw Error(sentence(error, harmless(path.string())), "--from file takes those of the stream itself");
  }
}

constexpr float kLeastTonalDb =
    -20.0F;  // partials of an event that are softer against its noise are not heard

compose::Transposition transposition_by(double semitones, const EventInput& input) {
  const std::vector<formats::NumberName>& names = input.header().names;
  const auto place_of = [&](std::string_view name, std::string_view unit) {
    const auto found = std::find_if(names.begin(), names.end(), [&](const formats::NumberName& number) {
      return number.name == name && number.unit == unit && number.is_ratio == (unit == "Hz");
    });
    if (found == names.end())
      throw Error(fmt::format("{}: names no number of {}", input.name(), name),
                  "--transpose is for streams whose model does, as 'ictus info' shows");
    return static_cast<std::size_t>(found - names.begin());
  };
  const std::size_t pitch = place_of("pitch", "Hz");
  const std::size_t balance = place_of("balance", "dB");
  const double octaves = std::log2(static_cast<double>(names[pitch].high) / names[pitch].low);
  const formats::NumberName& range = names[balance];
  return {pitch, static_cast<float>(2.0 * semitones / 12.0 / octaves), balance,
          2.0F * (kLeastTonalDb - range.low) / (range.high - range.low) - 1.0F};
}

/// A stream whose blocks can be asked for twice, which takes the memory of all of them.
class HeldBlocks {
 public:
  explicit HeldBlocks(EventInput& input) {
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

std::string what_was_not_transposed(const compose::VariationCounts& counts) {
  std::string text;
  if (counts.noise > 0)
    text = fmt::format("{} {} noise", counted(counts.noise, "event"), counts.noise == 1 ? "is" : "are");
  if (counts.beyond_range > 0)
    text += fmt::format("{}{} would leave the range of pitches", text.empty() ? "" : ", and ",
                        counted(counts.beyond_range, "event"));
  return text.empty() ? text : text + ": not transposed";
}

/// The original's length, as much longer or shorter as the stream has become.
std::optional<std::uint64_t> original_length(const EventInput& input, std::uint64_t before,
                                             std::uint64_t after) {
  const auto original = input.original_length_samples();
  if (!original) return std::nullopt;
  const double ratio =
      static_cast<double>(input.header().original_sample_rate_hz) / input.header().sample_rate_hz;
  const double change = ratio * (static_cast<double>(after) - static_cast<double>(before));
  return static_cast<std::uint64_t>(std::max(0.0, std::round(static_cast<double>(*original) + change)));
}

/// With nothing to do the stream stays as it is, byte for byte, whoever wrote it. Returns the exit status.
int copy(const Job& job, const options::VaryOptions& options, const Streams& streams, Reporter& reporter) {
  OutputFile output(job.output, options.output.force, streams);
  // The header is held back until it is known to be that of an event stream.
  std::vector<std::byte> header;
  bool is_event_stream = false;
  EventInput input(job.input, "vary", streams, [&](std::span<const std::byte> bytes) {
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
  reporter.say(fmt::format("{} -> {}: the same, {}", input.name(), display_output_name(job.output),
                           counted(events, "event")));
  return kDone;
}

}  // namespace

int vary(const options::VaryOptions& options, const HearingFor& hearing_for, const Streams& streams) {
  Reporter reporter(streams, options.quiet);
  // A stream to morph towards is read too, but is not the job's.
  std::vector<std::string> inputs = {options.input};
  if (options.morph) inputs.push_back(options.morph->path);
  inputs = plan_inputs(inputs, streams);
  const Job job{inputs.front(), output_name(*options.output.path)};
  if (job.output == kStandardStream) check_standard_output({}, streams);
  check_job(job, options.output.force, streams);
  if (options.changes_nothing()) return copy(job, options, streams, reporter);

  EventInput input(job.input, "vary", streams);
  formats::EventStreamHeader header = input.header();
  const double rate_hz = header.sample_rate_hz;

  compose::VariationSettings settings;
  if (options.keep) {
    const Hear hear = options.keep->asks_for_heard() ? hearing_for(input) : Hear();
    settings.keep = chooser_of(*options.keep, hear, header.sample_rate_hz);
  }
  if (options.morph) settings.morph = morph_target(inputs.back(), options.morph->amount, input, streams);
  std::optional<HeldBlocks> held;
  if (options.random_vectors && options.vector_origin == options::VectorOrigin::file) {
    held.emplace(input);
    settings.random_vectors = held->vector_source();
  } else if (options.random_vectors) {
    settings.random_vectors = vectors_like_training(input, options.model);
  }
  settings.perturb = options.perturb;
  settings.perturb_each = options.perturb_each;
  if (options.transpose_semitones != 0.0)
    settings.transposition = transposition_by(options.transpose_semitones, input);
  settings.random_times = options.random_times;
  settings.stretch = options.stretch;
  settings.shift_samples = std::llround(options.shift_s * rate_hz);
  settings.gain_db = static_cast<float>(options.gain_db);
  settings.seed = options.seed;
  header.coding = compose::refined(header.coding, 0, std::llround(10.0 * options.gain_db));
  if (options.changes_vectors()) header.coding = compose::with_finer_vectors(header.coding);

  EventOutput output(job.output, options.output.force, header, streams);
  compose::Variation variation(std::move(settings), header.coding,
                               [&](const EventBlock& block) { output.write(block); });
  if (held) {
    for (const EventBlock& block : held->blocks()) variation.push(block);
  } else {
    while (const auto block = input.next()) variation.push(*block);
  }
  const std::uint64_t length_samples = input.length_samples();
  const std::uint64_t new_length_samples = variation.finish(length_samples);

  if (const std::string left_out = what_was_left_out(variation.counts()); !left_out.empty()) {
    reporter.warning(fmt::format("{}: {}", input.name(), left_out));
  }
  if (const std::string left = what_was_not_transposed(variation.counts()); !left.empty()) {
    if (variation.counts().beyond_range > 0)
      reporter.warning(fmt::format("{}: {}", input.name(), left));
    else
      reporter.say(fmt::format("{}: {}", input.name(), left));
  }
  if (variation.counts().kept == 0 && variation.counts().seen > 0) {
    throw Error(
        fmt::format("{}: nothing is left of its {}", input.name(), counted(variation.counts().seen, "event")),
        "ask for less");
  }
  if (input.damage() && variation.counts().seen == 0) {
    throw Error(input.damage()->what(), "there is nothing in it to keep");
  }
  output.finish(new_length_samples, original_length(input, length_samples, new_length_samples));
  warn_of_limits(reporter, output);
  reporter.say(made_line(input.name(), job.output, output, new_length_samples, header.sample_rate_hz));
  if (!input.damage()) return kDone;
  reporter.error(input.damage()->what(), input.damage()->hint());
  return kInputFailed;
}

}  // namespace ictus::cli
