#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "apps/cli/jobs.hpp"
#include "apps/cli/networks.hpp"
#include "apps/cli/stream_facts.hpp"
#include "apps/cli/text.hpp"
#include "apps/cli/text_output.hpp"
#include "apps/ictus/commands.hpp"
#include "apps/options/add.hpp"
#include "apps/options/parse.hpp"
#include "apps/options/refuse.hpp"
#include "apps/options/suggest.hpp"
#include "lib/core/utf8.hpp"

namespace ictus::front {
namespace {

using Json = nlohmann::ordered_json;

/// Grows when the meaning of a field changes; new fields do not change it.
constexpr int kSchema = 1;

const char* precision_name(formats::Precision precision) {
  return precision == formats::Precision::float32 ? "float32" : "coded";
}

const char* codec_name(const cli::StreamFacts& facts) {
  return std::holds_alternative<cli::EventFacts>(facts.own) ? "events" : "mars";
}

/// By the spelling of each field that comes first: their case does not matter.
Json tags_json(const audio::Tags& tags) {
  // Names of tags are the same in capitals and in small letters; the first that comes is printed.
  std::map<std::string, std::string> names;
  Json json = Json::object();
  for (const auto& [field, value] : tags) {
    const std::string& name = names.emplace(lower_case(field), field).first->second;
    json[name].push_back(value);
  }
  return json;
}

Json scales_json(const cli::PyramidFacts& own, const cli::StreamFacts& facts) {
  Json json = Json::array();
  for (const cli::ScaleFacts& scale : own.scales) {
    const double bits = 8.0 * static_cast<double>(scale.bytes);
    json.push_back({{"rows", scale.grid.rows},
                    {"columns", scale.grid.columns},
                    {"tokens", scale.tokens},
                    {"bits", 8 * scale.bytes},
                    {"entropy_bits_per_token", scale.entropy_bits},
                    {"bitrate_bps", facts.per_s(bits)}});
  }
  return json;
}

void add_coding(Json& json, const formats::EventCoding& coding) {
  const bool has_steps = coding.precision == formats::Precision::coded;
  json["precision"] = precision_name(coding.precision);
  json["gain_step_db"] = has_steps ? Json(coding.gain_step_centibels / 10.0) : Json(nullptr);
  json["onset_step_samples"] = has_steps ? Json(coding.onset_step_samples) : Json(nullptr);
}

/// As a float32 is written, not with the digits of the double that it becomes.
double shortest(float value) { return std::stod(fmt::format("{}", value)); }

/// What people call the numbers of vectors, as far as they have names, and how many values each has.
Json numbers_json(const cli::EventFacts& own) {
  const bool has_steps = own.coding.precision == formats::Precision::coded;
  Json json = Json::array();
  for (std::size_t d = 0; d < own.coding.vector_steps.size(); ++d) {
    const Json steps = has_steps ? Json(own.coding.vector_steps[d]) : Json(nullptr);
    if (d < own.names.size()) {
      const formats::NumberName& number = own.names[d];
      json.push_back({{"name", number.name},
                      {"unit", number.unit},
                      {"low", shortest(number.low)},
                      {"high", shortest(number.high)},
                      {"is_ratio", number.is_ratio},
                      {"steps", steps}});
    } else {
      json.push_back({{"name", nullptr},
                      {"unit", nullptr},
                      {"low", -1},
                      {"high", 1},
                      {"is_ratio", false},
                      {"steps", steps}});
    }
  }
  return json;
}

/// What only streams of this codec have.
void add_own(Json& json, const cli::EventFacts& own, const cli::StreamFacts& facts) {
  json["events"] = own.events;
  json["events_per_s"] = facts.per_s(static_cast<double>(own.events));
}

void add_own(Json& json, const cli::PyramidFacts& own, const cli::StreamFacts& facts) {
  json["clips"] = own.clips;
  json["tokens"] = own.tokens;
  json["tokens_per_s"] = facts.per_s(static_cast<double>(own.tokens));
  json["codebook_size"] = own.codebook_size;
  json["prior"] = own.prior_id ? Json(*own.prior_id) : Json(nullptr);
  json["level_db"] = own.level_db ? Json(std::round(10.0 * *own.level_db) / 10.0) : Json(nullptr);
  json["family"] = own.label ? Json(own.label->family) : Json(nullptr);
  json["instrument"] = own.label ? Json(own.label->instrument) : Json(nullptr);
  json["pitch"] = own.label ? Json(own.label->pitch) : Json(nullptr);
  json["velocity"] = own.label ? Json(own.label->velocity) : Json(nullptr);
  json["seed"] = own.seed ? Json(*own.seed) : Json(nullptr);
  json["scales"] = scales_json(own, facts);
}

/// The order of the fields is that of the output.
Json facts_json(const std::string& path, const cli::StreamFacts& facts) {
  const auto* const events = std::get_if<cli::EventFacts>(&facts.own);
  Json json;
  json["schema"] = kSchema;
  json["file"] = path;
  json["complete"] = facts.is_complete();
  json["codec"] = codec_name(facts);
  json["format_version"] = facts.format_version;
  json["model_id"] = facts.model_id;
  json["weights_hash"] = formats::hexadecimal(facts.weights_hash);
  if (events != nullptr) {
    add_coding(json, events->coding);
    json["numbers"] = numbers_json(*events);
    json["channels"] = events->channels;
  }
  json["sample_rate_hz"] = facts.sample_rate_hz;
  json["samples"] = facts.samples;
  json["duration_s"] = facts.duration_s();
  json["original_sample_rate_hz"] = facts.original_sample_rate_hz;
  json["original_channels"] = facts.original_channels;
  json["original_samples"] = facts.original_samples ? Json(*facts.original_samples) : Json(nullptr);
  std::visit([&](const auto& own) { add_own(json, own, facts); }, facts.own);
  json["bytes"] = facts.bytes;
  json["bitrate_bps"] = facts.bitrate_bps();
  json["tags"] = tags_json(facts.tags);
  return json;
}

std::string json_text(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);  // foreign text may not be UTF-8
}

/// "duration" for "duration_s"; "events_per_s" stays as it is.
std::string without_unit(const std::string& field) {
  if (field.ends_with("_per_s")) return field;
  for (const std::string unit : {"_bps", "_hz", "_s"}) {
    if (field.ends_with(unit)) return field.substr(0, field.size() - unit.size());
  }
  return field;
}

/// The fields of facts_json() that --get can print, for streams of both codecs.
std::vector<std::string> simple_fields() {
  cli::StreamFacts events;
  cli::StreamFacts pyramid;
  pyramid.own.emplace<cli::PyramidFacts>();
  std::vector<std::string> keys;
  for (const cli::StreamFacts& example : {events, pyramid}) {
    const Json json = facts_json({}, example);
    for (const auto& [key, value] : json.items()) {
      const bool is_known = std::find(keys.begin(), keys.end(), key) != keys.end();
      if (!value.is_structured() && !is_known) keys.push_back(key);
    }
  }
  return keys;
}

/// The key in facts_json() that --get means. Throws options::UsageError.
std::string field_key(const std::string& wanted) {
  const std::vector<std::string> keys = simple_fields();
  for (const std::string& key : keys) {
    if (wanted == key || wanted == without_unit(key)) return key;
  }
  std::string list;
  for (const std::string& key : keys) list += (list.empty() ? "" : ", ") + key;
  const auto close = options::nearest(wanted, keys);
  throw options::UsageError(fmt::format("--get: there is no field '{}'{}", wanted,
                                        close ? fmt::format("; did you mean '{}'?", *close) : ""),
                            "Fields are " + list + ".");
}

std::string plain_value(const Json& value) {
  if (value.is_string()) return cli::harmless(value.get<std::string>());
  return value.is_null() ? "unknown" : value.dump();
}

std::string row(const char* label, const std::string& value) {
  return fmt::format("  {:<13}{}\n", label, value);
}

/// "pan-flute (flute), pitch 60, velocity 100, seed 7"; empty when the sound was not generated.
std::string generated_text(const cli::PyramidFacts& own) {
  std::string text;
  if (own.label) {
    text = fmt::format("{}, pitch {}, velocity {}", cli::instrument_text(*own.label), own.label->pitch,
                       own.label->velocity);
  }
  if (own.seed) text += fmt::format("{}seed {}", text.empty() ? "" : ", ", *own.seed);
  return text;
}

/// "coded: numbers of 21 to 2093 steps, gains of 1 dB, onsets of 64 samples".
std::string precision_text(const formats::EventCoding& coding) {
  const std::string name = precision_name(coding.precision);
  if (coding.precision != formats::Precision::coded) return name;
  const auto [least, most] = std::minmax_element(coding.vector_steps.begin(), coding.vector_steps.end());
  const std::string steps =
      *least == *most ? fmt::format("{}", *least) : fmt::format("{} to {}", *least, *most);
  return fmt::format("{}: numbers of {} steps, gains of {} dB, onsets of {}", name, steps,
                     coding.gain_step_centibels / 10.0, cli::counted(coding.onset_step_samples, "sample"));
}

std::string own_rows(const cli::EventFacts& own, const cli::StreamFacts& facts) {
  return row("precision", precision_text(own.coding)) +
         row("events",
             fmt::format("{}, {:.1f} a second", own.events, facts.per_s(static_cast<double>(own.events))));
}

std::string own_rows(const cli::PyramidFacts& own, const cli::StreamFacts& facts) {
  std::string text;
  if (const std::string generated = generated_text(own); !generated.empty()) {
    text += row("generated", generated);
  }
  text += row("clips", fmt::format("{}, up to {:.3f} s each", own.clips, own.clip_s));
  text += row("tokens", fmt::format("{}, {:.1f} a second, from a codebook of {}", own.tokens,
                                    facts.per_s(static_cast<double>(own.tokens)), own.codebook_size));
  if (own.prior_id) text += row("packed by", *own.prior_id);
  if (own.level_db)
    text += row("level", fmt::format("{:.1f} dB re full scale, at the loudest place", *own.level_db));
  return text;
}

/// What stands below the rows.
std::string own_table(const cli::EventFacts& own, const cli::StreamFacts&) {
  if (own.names.empty()) return {};
  const bool has_steps = own.coding.precision == formats::Precision::coded;
  const auto line = [&](const auto& name, const auto& column, const auto& from, const auto& to,
                        const auto& steps, const std::string& unit) {
    std::string text = fmt::format("  {:<14} {:>4}  {:>8}  {:>8}", name, column, from, to);
    if (has_steps) text += fmt::format("  {:>5}", steps);
    return text + (unit.empty() ? "" : "  " + unit) + "\n";
  };
  std::string text = "\n" + line("number", "as", "from", "to", "steps", "in");
  for (std::size_t d = 0; d < own.names.size(); ++d) {
    const formats::NumberName& number = own.names[d];
    text += line(number.name, fmt::format("v{}", d), number.low, number.high, own.coding.vector_steps[d],
                 cli::harmless(number.unit));
  }
  return text;
}

std::string own_table(const cli::PyramidFacts& own, const cli::StreamFacts& facts) {
  std::string text = fmt::format("\n  {:>5}  {:>9}  {:>9}  {:>10}  {:>19}  {:>6}\n", "scale", "grid",
                                 "tokens", "bits", "entropy, bits/token", "kbit/s");
  for (std::size_t scale = 0; scale < own.scales.size(); ++scale) {
    const cli::ScaleFacts& one = own.scales[scale];
    text += fmt::format("  {:>5}  {:>9}  {:>9}  {:>10}  {:>19.2f}  {:>6.3f}\n", scale,
                        fmt::format("{} x {}", one.grid.rows, one.grid.columns), one.tokens, 8 * one.bytes,
                        one.entropy_bits, facts.per_s(8e-3 * static_cast<double>(one.bytes)));
  }
  return text;
}

/// How far a stream that is not complete goes.
std::string incomplete_text(const cli::StreamFacts& facts) {
  std::string text = "no: this is what comes before the damage";
  if (const auto* const own = std::get_if<cli::PyramidFacts>(&facts.own);
      own != nullptr && own->clips > 0 && own->last_scales > 0 && own->last_scales < own->scales.size()) {
    text += fmt::format("; the last clip has {} of its {} scales", own->last_scales, own->scales.size());
  }
  return text;
}

/// "2 channels, "; nothing of streams that do not say it.
std::string channels_text(const cli::StreamFacts& facts) {
  const auto* const own = std::get_if<cli::EventFacts>(&facts.own);
  return own == nullptr ? "" : cli::counted(own->channels, "channel") + ", ";
}

std::string text_of(const cli::StreamFacts& facts, const std::string& name) {
  std::string original = fmt::format("{} Hz, {}", facts.original_sample_rate_hz,
                                     cli::counted(facts.original_channels, "channel"));
  if (facts.original_samples) {
    original += fmt::format(", {}", cli::counted(*facts.original_samples, "sample"));
  }
  std::string text = name + "\n";
  text += row("codec", fmt::format("{}, format {}", codec_name(facts), facts.format_version));
  text += row("model", fmt::format("{} ({})", cli::harmless(facts.model_id),
                                   formats::hexadecimal(facts.weights_hash)));
  text += row("sound", fmt::format("{} Hz, {}{}", facts.sample_rate_hz, channels_text(facts),
                                   cli::counted(facts.samples, "sample")));
  text += row("original", original);
  text += row("duration", fmt::format("{:.3f} s", facts.duration_s()));
  text += std::visit([&](const auto& own) { return own_rows(own, facts); }, facts.own);
  text += row("size", fmt::format("{}, {}", cli::counted(facts.bytes, "byte"),
                                  cli::bitrate_text(facts.bitrate_bps())));
  for (const auto& [field, value] : facts.tags) {
    text += row("tag", fmt::format("{} = {}", cli::harmless(field), cli::harmless(value)));
  }
  if (!facts.is_complete()) text += row("complete", incomplete_text(facts));
  return text + std::visit([&](const auto& own) { return own_table(own, facts); }, facts.own);
}

std::string field_text(const std::string& key, const std::string& path, const cli::StreamFacts& facts) {
  const Json json = facts_json(path, facts);
  if (!json.contains(key)) {
    throw Error(fmt::format("{}: has no field {}, as its codec is {}", cli::display_name(path), key,
                            codec_name(facts)));
  }
  return plain_value(json[key]) + "\n";
}

std::string rendered(const options::InfoOptions& options, const std::string& key, const std::string& path,
                     const cli::StreamFacts& facts) {
  if (options.json) return json_text(facts_json(path, facts)) + "\n";
  if (!key.empty()) return field_text(key, path, facts);
  return text_of(facts, cli::display_name(path));
}

int info(const options::InfoOptions& options, const cli::Streams& streams) {
  if (options.model) return cli::networks().describe_models(options, streams);
  const std::string key = options.field ? field_key(*options.field) : std::string();
  const std::vector<std::string> inputs = cli::plan_inputs(options.inputs, streams);
  std::vector<std::string> names;
  for (const std::string& input : inputs) names.push_back(cli::display_name(input));

  cli::Reporter reporter(streams);
  return cli::run_tasks(names, 1, reporter, [&](std::size_t task) {
    cli::StreamInput input(inputs[task], streams);
    std::optional<DamagedInput> damage;
    const cli::StreamFacts facts = cli::read_facts(input, damage);
    cli::TextOutput out(streams.out);
    out.print(rendered(options, key, inputs[task], facts));
    out.flush();
    if (damage) throw *damage;
  });
}

void accept(CLI::App& app, InfoOptions& options) {
  add_inputs(app, "FILE",
             "Event streams and token pyramids; '-', or nothing, is standard input. With --model weights, "
             "which have to be files; nothing are all that are installed.",
             options.inputs);
  CLI::Option* const json =
      add_switch(app, kOutputGroup, "--json", options.json, "Print one line of JSON for each file.");
  CLI::Option* const get =
      add_value(app, kOutputGroup, "--get", "FIELD", non_empty, options.field,
                "Print the value of one field of --json alone, one line for each file: any but tags and "
                "scales. The unit may be left out: bitrate is bitrate_bps.");
  CLI::Option* const model = add_switch(app, kInputGroup, "--model", options.model,
                                        "Describe models: their parts, configuration and identity.");
  get->excludes(json);
  get->excludes(model);
}

}  // namespace

std::unique_ptr<Command> add_info(CLI::App& root) {
  return make_command(root, "info", "Say what a stream or a model holds", accept, nullptr, info, R"(
  ictus info song.evs
  ictus info --json *.evs | jq .bitrate_bps
  ictus info --get duration_s song.evs
  ictus info note.mars
  ictus info --model                        the installed models)");
}

}  // namespace ictus::front
