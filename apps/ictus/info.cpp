#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "apps/cli/jobs.hpp"
#include "apps/cli/text.hpp"
#include "apps/cli/text_output.hpp"
#include "apps/ictus/actions.hpp"
#include "apps/ictus/stream_facts.hpp"
#include "apps/options/parse.hpp"
#include "apps/options/suggest.hpp"

namespace ictus::front {
namespace {

using Json = nlohmann::ordered_json;

/// Grows when the meaning of a field changes; new fields do not change it.
constexpr int kSchema = 1;

const char* precision_name(formats::Precision precision) {
  return precision == formats::Precision::quantised ? "quantised" : "float32";
}

Json tags_json(const audio::Tags& tags) {
  Json json = Json::object();
  for (const auto& [field, value] : tags) json[field].push_back(value);
  return json;
}

/// The order of the fields is that of the output.
Json facts_json(const std::string& path, const StreamFacts& facts) {
  const formats::EventStreamHeader& header = facts.header;
  Json json;
  json["schema"] = kSchema;
  json["file"] = path;
  json["complete"] = facts.totals.has_value();
  json["codec"] = "events";
  json["format_version"] = formats::kEventStreamVersion;
  json["model_id"] = header.model_id;
  json["weights_hash"] = cli::hex(header.weights_hash);
  json["precision"] = precision_name(header.precision);
  json["sample_rate_hz"] = header.sample_rate_hz;
  json["samples"] = facts.samples;
  json["duration_s"] = facts.duration_s();
  json["original_sample_rate_hz"] = header.original_sample_rate_hz;
  json["original_channels"] = header.original_channels;
  json["original_samples"] = facts.totals ? Json(facts.totals->original_length_samples) : Json(nullptr);
  json["events"] = facts.events;
  json["events_per_s"] = facts.events_per_s();
  json["bytes"] = facts.bytes;
  json["bitrate_bps"] = facts.bitrate_bps();
  json["tags"] = tags_json(header.tags);
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

/// The key in facts_json() that --get means. Throws options::UsageError.
std::string field_key(const std::string& wanted) {
  const Json example = facts_json({}, {});
  std::vector<std::string> keys;
  for (const auto& [key, value] : example.items()) {
    if (key != "tags") keys.push_back(key);
  }
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

std::string text_of(const StreamFacts& facts, const std::string& name) {
  const formats::EventStreamHeader& header = facts.header;
  std::string original = fmt::format("{} Hz, {}", header.original_sample_rate_hz,
                                     cli::counted(header.original_channels, "channel"));
  if (facts.totals)
    original += fmt::format(", {}", cli::counted(facts.totals->original_length_samples, "sample"));
  std::string text = name + "\n";
  text += row("codec", fmt::format("events, format {}", formats::kEventStreamVersion));
  text += row("model", fmt::format("{} ({})", cli::harmless(header.model_id), cli::hex(header.weights_hash)));
  text += row("precision", precision_name(header.precision));
  text +=
      row("sound", fmt::format("{} Hz, {}", header.sample_rate_hz, cli::counted(facts.samples, "sample")));
  text += row("original", original);
  text += row("duration", fmt::format("{:.3f} s", facts.duration_s()));
  text += row("events", fmt::format("{}, {:.1f} a second", facts.events, facts.events_per_s()));
  text += row("size", fmt::format("{}, {}", cli::counted(facts.bytes, "byte"),
                                  cli::bitrate_text(facts.bitrate_bps())));
  for (const auto& [field, value] : header.tags) {
    text += row("tag", fmt::format("{} = {}", cli::harmless(field), cli::harmless(value)));
  }
  if (!facts.totals) text += row("complete", "no: this is what comes before the damage");
  return text;
}

std::string rendered(const options::InfoOptions& options, const std::string& key, const std::string& path,
                     const StreamFacts& facts) {
  if (options.json) return json_text(facts_json(path, facts)) + "\n";
  if (!key.empty()) return plain_value(facts_json(path, facts)[key]) + "\n";
  return text_of(facts, cli::display_name(path));
}

}  // namespace

int info(const options::InfoOptions& options, const cli::Streams& streams) {
  const std::string key = options.field ? field_key(*options.field) : std::string();
  const std::vector<std::string> inputs = cli::plan_inputs(options.inputs, streams);
  std::vector<std::string> names;
  for (const std::string& input : inputs) names.push_back(cli::display_name(input));

  cli::Reporter reporter(streams);
  return cli::run_tasks(names, 1, reporter, [&](std::size_t task) {
    cli::EventInput input(inputs[task], streams);
    std::optional<DamagedInput> damage;
    const StreamFacts facts = read_facts(input, damage);
    cli::TextOutput out(streams.out);
    out.print(rendered(options, key, inputs[task], facts));
    out.flush();
    if (damage) throw *damage;
  });
}

}  // namespace ictus::front
