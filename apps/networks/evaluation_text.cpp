#include "apps/networks/evaluation_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "apps/cli/text.hpp"

namespace ictus::networks {
namespace {

using evaluation::Agreement;
using evaluation::Estimate;
using evaluation::HeardFolder;
using evaluation::Metric;
using Json = nlohmann::ordered_json;

/// Grows when the meaning of a field changes; new fields do not change it.
constexpr int kEvaluationSchema = 2;

/// So many that the largest of the numbers shows four digits, and at most five.
int decimals_for(const Estimate& estimate) {
  double largest = std::abs(estimate.value);
  if (estimate.interval)
    largest = std::max({largest, std::abs(estimate.interval->low), std::abs(estimate.interval->high)});
  int decimals = 5;
  for (double limit = 0.1; largest >= limit && decimals > 1; limit *= 10.0) --decimals;
  return decimals;
}

std::string with_decimals(double value, int decimals) {
  const std::string text = fmt::format("{:.{}f}", value, decimals);
  return text.find_first_of("123456789") == std::string::npos ? "0" : text;  // not "-0.000"
}

using Row = std::array<std::string, 4>;

/// Columns as wide as what is in them; the last one runs on.
std::string aligned(const std::vector<Row>& rows) {
  std::array<std::size_t, 4> widths{};
  for (const Row& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  std::string text;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i + 1 < row.size(); ++i) line += fmt::format("{:<{}}  ", row[i], widths[i]);
    line += row.back();
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

Row metric_row(const Metric& metric) {
  return {metric.name, number_text(metric.estimate), interval_text(metric.estimate),
          cli::harmless(metric.estimate ? metric.parameters : metric.missing)};
}

std::size_t labelled(const HeardFolder& folder) {
  return static_cast<std::size_t>(std::count_if(folder.notes.begin(), folder.notes.end(),
                                                [](const auto& note) { return note.label.has_value(); }));
}

void put_estimate(Json& json, const char* value, const std::optional<Estimate>& estimate) {
  json[value] = estimate ? Json(estimate->value) : Json();
  json["low"] = estimate && estimate->interval ? Json(estimate->interval->low) : Json();
  json["high"] = estimate && estimate->interval ? Json(estimate->interval->high) : Json();
}

Json metric_json(const Metric& metric) {
  Json json;
  json["name"] = metric.name;
  put_estimate(json, "value", metric.estimate);
  json["missing"] = metric.estimate ? Json() : Json(metric.missing);
  json["parameters"] = metric.details;
  json["meaning"] = metric.meaning;
  return json;
}

Json agreement_json(const Agreement& agreement) {
  Json json;
  json["labelled"] = agreement.labelled;
  json["judged"] = agreement.judged;
  put_estimate(json, "share", agreement.share);
  return json;
}

Json folder_json(const HeardFolder& folder) {
  Json json;
  json["folder"] = folder.folder;
  json["notes"] = folder.notes.size();
  json["labelled"] = labelled(folder);
  json["left_out"] = Json::array();
  for (const auto& one : folder.left_out) json["left_out"].push_back(one.name);
  json["resampled"] = Json::object();
  for (const auto& [rate_hz, count] : folder.resampled) json["resampled"][std::to_string(rate_hz)] = count;
  return json;
}

Json judge_json(const judges::LoadedJudge& judge) {
  Json json;
  json["model_id"] = judges::model_id(judge);
  json["weights_hash"] = formats::hexadecimal(judges::weights_hash(judge));
  json["sample_rate_hz"] = judges::sample_rate_hz(judge);
  json["classes"] = judges::classes(judge);
  return json;
}

/// The shortest numbers that are these floats.
Json logits_json(const torch::Tensor& logits) {
  Json json = Json::array();
  for (std::int64_t i = 0; i < logits.numel(); ++i)
    json.push_back(std::stod(fmt::format("{}", static_cast<float>(logits[i].item<double>()))));
  return json;
}

Json note_json(const Evaluated& evaluated, const HeardFolder& folder, std::size_t i) {
  const auto& note = folder.notes[i];
  const auto at = static_cast<std::int64_t>(i);
  Json json;
  json["name"] = note.name;
  json["family"] = note.label ? Json(note.label->family) : Json();
  json["pitch"] = note.label ? Json(note.label->pitch) : Json();
  json["velocity"] = note.label ? Json(note.label->velocity) : Json();
  json["heard_family"] = evaluation::heard_as(*evaluated.ears.family, folder.family, i);
  json["heard_pitch"] = evaluation::heard_as(*evaluated.ears.pitch, folder.pitch, i);
  json["family_logits"] = logits_json(folder.family.logits[at]);
  json["pitch_logits"] = logits_json(folder.pitch.logits[at]);
  return json;
}

Json nearest_json(const Evaluated& evaluated, std::size_t i) {
  const auto& neighbours = evaluated.result.memorisation->neighbours;
  const auto at = static_cast<std::int64_t>(i);
  Json json = Json::array();
  for (std::int64_t k = 0; k < neighbours.places.size(1); ++k) {
    const auto place = static_cast<std::size_t>(neighbours.places[at][k].item<std::int64_t>());
    json.push_back({{"name", evaluated.training->notes[place].name},
                    {"distance", neighbours.distances[at][k].item<double>()}});
  }
  return json;
}

Json memorisation_json(const evaluation::Memorisation& found) {
  Json json;
  json["training_notes"] = found.training_notes;
  for (const Metric* const metric : {&found.below_median, &found.below_nearest})
    json[metric->key] = metric_json(*metric);
  json["reference_median_distance"] = found.reference_median;
  json["reference_5th_percentile_distance"] = found.reference_nearest;
  json["generated_median_distance"] = found.generated_median;
  return json;
}

}  // namespace

std::string number_text(const std::optional<Estimate>& estimate) {
  return estimate ? with_decimals(estimate->value, decimals_for(*estimate)) : "-";
}

std::string interval_text(const std::optional<Estimate>& estimate) {
  if (!estimate || !estimate->interval) return {};
  const int decimals = decimals_for(*estimate);
  return fmt::format("{} .. {}", with_decimals(estimate->interval->low, decimals),
                     with_decimals(estimate->interval->high, decimals));
}

std::string agreement_text(const Agreement& agreement) {
  if (!agreement.share) return agreement.labelled == 0 ? "- (no label)" : "- (no label it knows)";
  std::string text = fmt::format("{:.1f} %", 100.0 * agreement.share->value);
  if (const auto& interval = agreement.share->interval)
    text += fmt::format(" ({:.1f} .. {:.1f})", 100.0 * interval->low, 100.0 * interval->high);
  return text + fmt::format(" of {}", agreement.judged);
}

std::string folder_text(const HeardFolder& folder) {
  return fmt::format("{}, {} with a label", cli::counted(folder.notes.size(), "note"), labelled(folder));
}

std::string table_text(const Evaluated& evaluated) {
  std::vector<Row> rows;
  const auto folder_row = [&rows](const char* name, const HeardFolder& folder) {
    rows.push_back({name, cli::harmless(folder.folder) + ":", folder_text(folder), {}});
  };
  folder_row("reference", evaluated.reference);
  folder_row("generated", evaluated.generated);
  if (evaluated.training) folder_row("training", *evaluated.training);
  std::string text = aligned(rows) + "\n";

  rows = {{"metric", "value", evaluated.settings.resamples > 0 ? "95 % interval" : "", "how"}};
  for (const Metric& metric : evaluated.result.metrics) rows.push_back(metric_row(metric));
  text += aligned(rows) + "\n";

  rows = {{"judge agrees", "reference", "generated", "judge"}};
  for (const auto& agreement : evaluated.result.agreement) {
    const auto& judge = agreement.key == "family" ? *evaluated.ears.family : *evaluated.ears.pitch;
    rows.push_back({agreement.key, agreement_text(agreement.reference), agreement_text(agreement.generated),
                    cli::harmless(judges::model_id(judge))});
  }
  text += aligned(rows);

  if (const auto& found = evaluated.result.memorisation) {
    rows = {{"training", "value", evaluated.settings.resamples > 0 ? "95 % interval" : "", "how"}};
    rows.push_back(metric_row(found->below_median));
    rows.push_back(metric_row(found->below_nearest));
    text += "\n" + aligned(rows);
    text += fmt::format(
        "distance to the nearest training note: reference median {:.4g}, 5th percentile {:.4g}; generated "
        "median {:.4g}\n",
        found->reference_median, found->reference_nearest, found->generated_median);
  }
  return text;
}

Json evaluation_json(const Evaluated& evaluated) {
  const evaluation::Evaluation& result = evaluated.result;
  Json json;
  json["schema"] = kEvaluationSchema;
  json["reference"] = folder_json(evaluated.reference);
  json["generated"] = folder_json(evaluated.generated);
  json["training"] = evaluated.training ? folder_json(*evaluated.training) : Json();
  json["judges"] = {{"family", judge_json(*evaluated.ears.family)},
                    {"pitch", judge_json(*evaluated.ears.pitch)}};
  json["vggish"] = evaluated.vggish_path.empty() ? Json() : Json(evaluated.vggish_path);
  json["clusters"] = evaluated.settings.clusters;
  json["bootstrap"] = evaluated.settings.resamples;
  json["confidence"] = 0.95;
  json["seed"] = evaluated.settings.seed;
  for (const Metric& metric : result.metrics) json["metrics"][metric.key] = metric_json(metric);
  for (const auto& agreement : result.agreement)
    json["agreement"][agreement.key] = {{"reference", agreement_json(agreement.reference)},
                                        {"generated", agreement_json(agreement.generated)}};
  json["memorisation"] = result.memorisation ? memorisation_json(*result.memorisation) : Json();
  json["warnings"] = result.warnings;
  json["pairs"] = Json::array();
  for (std::size_t i = 0; i < result.pairs.size(); ++i) {
    const evaluation::Pair& pair = result.pairs[i];
    json["pairs"].push_back({{"generated", evaluated.generated.notes[pair.generated].name},
                             {"reference", evaluated.reference.notes[pair.reference].name},
                             {"by", pair.by_name ? "name" : "label"},
                             {"mse", result.errors[i].mean_square},
                             {"mae", result.errors[i].mean_absolute}});
  }
  json["notes"] = {{"reference", Json::array()}, {"generated", Json::array()}};
  for (std::size_t i = 0; i < evaluated.reference.notes.size(); ++i)
    json["notes"]["reference"].push_back(note_json(evaluated, evaluated.reference, i));
  for (std::size_t i = 0; i < evaluated.generated.notes.size(); ++i) {
    Json note = note_json(evaluated, evaluated.generated, i);
    if (result.memorisation) note["nearest"] = nearest_json(evaluated, i);
    json["notes"]["generated"].push_back(std::move(note));
  }
  return json;
}

}  // namespace ictus::networks
