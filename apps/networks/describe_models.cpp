#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <vector>

#include "apps/cli/event_models.hpp"
#include "apps/cli/jobs.hpp"
#include "apps/cli/model_search.hpp"
#include "apps/cli/text.hpp"
#include "apps/cli/text_output.hpp"
#include "apps/networks/commands.hpp"
#include "formats/token_prior.hpp"
#include "lib/core/file_bytes.hpp"
#include "lib/core/path.hpp"
#include "lib/judges/judge.hpp"
#include "lib/mars/generator_file.hpp"
#include "lib/mars/model_file.hpp"
#include "lib/synthesis/event_numbers.hpp"
#include "lib/synthesis/timbre_file.hpp"
#include "lib/weights/tensor_file.hpp"

namespace ictus::networks {
namespace {

using Json = nlohmann::ordered_json;

/// Grows when the meaning of a field changes; new fields do not change it.
constexpr int kSchema = 1;

constexpr const char* kRemedy =
    "name the weights of an event model, a tokenizer, a token prior, a generator or a judge";

struct ModelFacts {
  std::string path;
  std::string codec;
  std::string id;
  std::string hash;
  int sample_rate_hz = 0;  ///< 0: of tokens alone
  std::uint64_t bytes = 0;
  std::vector<PartSize> parts;
  std::span<const synthesis::NamedNumber> numbers;  ///< of an event: those that have names
  std::map<std::string, std::string> metadata;

  [[nodiscard]] std::int64_t parameters() const {
    std::int64_t sum = 0;
    for (const PartSize& part : parts) sum += part.parameters;
    return sum;
  }
};

/// Of a loaded network of tokens.
template <typename Loaded>
ModelFacts facts_of(const std::string& path, const char* codec, const Loaded& model) {
  return {.path = path,
          .codec = codec,
          .id = model_id(model),
          .hash = formats::hexadecimal(weights_hash(model)),
          .sample_rate_hz = sample_rate_hz(model),
          .bytes = file_bytes(model),
          .parts = part_sizes(model),
          .numbers = {},
          .metadata = metadata(model)};
}

ModelFacts event_model_facts(const std::string& path, const formats::TensorFile& file) {
  const cli::EventModel model = cli::load_event_model(path);
  return {.path = path,
          .codec = "events",
          .id = model->id,
          .hash = formats::hexadecimal(model->hash),
          .sample_rate_hz = synthesis::EventModel::kSampleRateHz,
          .bytes = model->file_bytes,
          .parts = part_sizes(fetch(file, "", torch::kCPU)),
          .numbers = synthesis::kNumbers,
          .metadata = model->metadata};
}

ModelFacts prior_facts(const std::string& path, const StoredTensors& stored) {
  const formats::TokenPrior prior(ictus::file_bytes(path, kRemedy), path);
  return {.path = path,
          .codec = "mars",
          .id = prior.id(),
          .hash = formats::hexadecimal(prior.hash()),
          .bytes = stored.bytes,
          .parts = part_sizes(fetch(stored.file, "", torch::kCPU)),
          .numbers = {},
          .metadata = stored.file.metadata};
}

ModelFacts read_model(const std::string& path) {
  const StoredTensors stored = read_tensor_file(path, kRemedy);
  const std::string format = stored.format();
  if (format == synthesis::kTimbreFormat) return event_model_facts(path, stored.file);
  if (format == mars::kTokenizerFormat) return facts_of(path, "mars", *mars::load_tokenizer(path, "cpu"));
  if (format == judges::kJudgeFormat) return facts_of(path, "judge", *judges::load_judge(path, "cpu"));
  if (format == mars::kGeneratorFormat) return facts_of(path, "mars", *mars::load_generator(path, "cpu"));
  if (format == formats::kTokenPriorFormat) return prior_facts(path, stored);
  throw Error(
      fmt::format("{}: neither an event model nor a tokenizer, a token prior, a generator or a judge", path),
      kRemedy);
}

/// A metadata text that is JSON itself, such as the configuration, is shown as such.
Json metadata_value(const std::string& text) {
  Json value = Json::parse(text, nullptr, false);
  return value.is_structured() ? value : Json(text);
}

/// As a float32 is written, not with the digits of the double that it becomes.
std::string shown(float value) { return fmt::format("{}", value); }

std::string json_text(const ModelFacts& facts) {
  Json json;
  json["schema"] = kSchema;
  json["file"] = facts.path;
  json["codec"] = facts.codec;
  json["model_id"] = facts.id;
  json["weights_hash"] = facts.hash;
  if (facts.sample_rate_hz > 0) json["sample_rate_hz"] = facts.sample_rate_hz;
  json["bytes"] = facts.bytes;
  json["parameters"] = facts.parameters();
  for (const PartSize& part : facts.parts) json["parts"][part.part] = part.parameters;
  for (const synthesis::NamedNumber& number : facts.numbers)
    json["numbers"].push_back({{"name", number.name},
                               {"unit", number.unit},
                               {"low", std::stod(shown(number.low))},
                               {"high", std::stod(shown(number.high))},
                               {"is_ratio", number.is_ratio},
                               {"steps", number.steps},
                               {"meaning", number.meaning}});
  for (const auto& [key, text] : facts.metadata) json["metadata"][key] = metadata_value(text);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string row(const std::string& label, const std::string& value) {
  return fmt::format("  {:<24} {}\n", cli::harmless(label), cli::harmless(value));
}

/// A row for each value, with the names that have it: each family's instruments.
std::string grouped_rows(const Json& names) {
  std::map<std::string, std::vector<std::string>> groups;
  for (const auto& [name, value] : names.items())
    groups[value.is_string() ? value.get<std::string>() : value.dump()].push_back(name);
  std::string text;
  for (const auto& [value, members] : groups)
    text += row("    " + value, fmt::format("{}", fmt::join(members, ", ")));
  return text;
}

std::string plain_text(const ModelFacts& facts) {
  std::string text = cli::display_name(facts.path) + "\n";
  text += row("codec", facts.codec);
  text += row("model", facts.id);
  text += row("weights hash", facts.hash);
  if (facts.sample_rate_hz > 0) text += row("sample rate", fmt::format("{} Hz", facts.sample_rate_hz));
  text += row("size", cli::counted(facts.bytes, "byte"));
  text += row("parameters", fmt::format("{}", facts.parameters()));
  for (const PartSize& part : facts.parts) text += row("  " + part.part, fmt::format("{}", part.parameters));
  for (const auto& [key, value] : facts.metadata) {
    const Json json = metadata_value(value);
    if (!json.is_object()) {
      text += row(key, value);
      continue;
    }
    text += row(key, "");
    for (const auto& [name, field] : json.items()) {
      text += row("  " + name, field.is_object() ? "" : field.dump());
      if (field.is_object()) text += grouped_rows(field);
    }
  }
  if (!facts.numbers.empty()) text += row("numbers", "");
  for (const synthesis::NamedNumber& number : facts.numbers) {
    const std::string range = fmt::format("{} to {}{}{}", shown(number.low), shown(number.high),
                                          number.unit.empty() ? "" : " ", number.unit);
    text += row("  " + std::string(number.name),
                fmt::format("{}, {} steps: {}", range, number.steps, number.meaning));
  }
  return text;
}

/// A file of weights, or those that are to be found.
struct Wanted {
  std::string name;  ///< for messages
  std::string path;  ///< empty: to be found
  cli::Model model = cli::Model::events;
};

std::vector<Wanted> named_models(const std::vector<std::string>& paths) {
  std::vector<Wanted> wanted;
  for (const std::string& path : paths) wanted.push_back({cli::display_name(path), path});
  return wanted;
}

std::vector<Wanted> usual_models() {
  std::vector<Wanted> wanted;
  for (const cli::Model model : {cli::Model::events, cli::Model::tokenizer, cli::Model::generator,
                                 cli::Model::token_prior, cli::Model::family_judge, cli::Model::pitch_judge})
    wanted.push_back({cli::name_of(model), {}, model});
  return wanted;
}

}  // namespace

int describe_models(const options::InfoOptions& options, const cli::Streams& streams) {
  std::vector<Wanted> wanted = options.inputs.empty() ? usual_models() : named_models(options.inputs);
  // An installation need not have all models; one without any is an error.
  const auto missing = std::stable_partition(wanted.begin(), wanted.end(), [](const Wanted& one) {
    return !one.path.empty() || cli::is_at_hand(one.model);
  });
  std::vector<std::string> not_installed;
  if (missing != wanted.begin()) {
    for (auto one = missing; one != wanted.end(); ++one) not_installed.push_back(one->name);
    wanted.erase(missing, wanted.end());
  }
  std::vector<std::string> names;
  for (const Wanted& one : wanted) names.push_back(one.name);

  cli::Reporter reporter(streams);
  const int status = cli::run_tasks(names, 1, reporter, [&](std::size_t task) {
    const Wanted& one = wanted[task];
    // They are read more than once.
    if (one.path == cli::kStandardStream || (!one.path.empty() && place_at(one.path) == Place::special)) {
      throw Error(one.name + ": weights are not read from a pipe", "name their file");
    }
    const ModelFacts facts = read_model(one.path.empty() ? cli::find_model(one.model) : one.path);
    cli::TextOutput out(streams.out);
    out.print(options.json ? json_text(facts) : plain_text(facts));
    out.flush();
  });
  for (const std::string& name : not_installed) reporter.say(name + ": not installed");
  return status;
}

}  // namespace ictus::networks
