#include <fmt/format.h>

#include <limits>
#include <memory>

#include "apps/cli/networks.hpp"
#include "apps/ictus/commands.hpp"
#include "apps/options/add.hpp"
#include "apps/options/refuse.hpp"
#include "lib/core/path.hpp"

namespace ictus::front {
namespace {

void settle(EvaluateOptions& options, const CLI::App& command) {
  if (options.reference_folder.empty())
    throw UsageError("--reference DIR is missing: the real notes to compare with");
  if (options.generated_folder.empty()) throw UsageError("--generated DIR is missing: the notes to evaluate");
  for (const char* const option : {"--force", "--report-clips"}) {
    refuse_without(options.report_folder.has_value(), command, option, "reports",
                   "Name with --report the folder to write one into.");
  }
}

int evaluate(const EvaluateOptions& options, const cli::Streams& streams) {
  return cli::networks().evaluate(options, streams);
}

void accept(CLI::App& app, EvaluateOptions& options) {
  const auto folder = [&app](const char* name, const char* description, auto& field) {
    add_value(app, kInputGroup, name, "DIR", non_empty, field, description);
  };
  folder("--reference",
         "Real notes to compare with (required): sound files in this folder and its folders. Labels are read "
         "from names such as flute_acoustic_002-069-100.wav.",
         options.reference_folder);
  folder("--generated", "The notes to evaluate (required).", options.generated_folder);
  folder(
      "--training",
      "The notes that the generator has learnt from: are the generated ones nearer to them than real ones?",
      options.training_folder);
  add_value(app, kOutputGroup, "--report", "DIR", non_empty, options.report_folder,
            "Write a page to look at and to listen to into this folder: index.html, evaluation.json and "
            "table.txt.");
  add_whole_number(app, kOutputGroup, "--report-clips", 0, 1000, options.report_clips,
                   "At most so many generated notes on that page, spread over the labels.");
  add_switch(app, kOutputGroup, "-f,--force", options.force, "Replace a report that exists.");
  add_switch(app, kOutputGroup, "--json", options.talk.json,
             "Print one object of JSON with everything, in place of the table.");
  add_whole_number(
      app, kMeasuresGroup, "--clusters", 50, 10'000, options.clusters,
      "At most so many bins for NDB/k; fewer, but no fewer than 50, where fewer than 10 reference notes "
      "or 5 generated ones would fall on each.");
  add_whole_number(app, kMeasuresGroup, "--bootstrap", 0, 100'000, options.resamples,
                   "How often notes are drawn anew for the intervals of 95 %; 0 leaves intervals out.");
  add_seed(app, kMeasuresGroup, options.seed,
           "Where the random numbers start that bins and intervals come of.");
  add_weights(app, "--family-judge", "ICTUS_FAMILY_JUDGE", options.family_judge, "What tells families.");
  add_weights(app, "--pitch-judge", "ICTUS_PITCH_JUDGE", options.pitch_judge, "What tells pitches.");
  add_value(
      app, kNetworkGroup, "--vggish", "FILE", non_empty, options.vggish,
      "Weights of VGGish for FAD: a safetensors file with the names of torchvggish. Without it there is "
      "no FAD.");
  add_device(app, options.device);
  add_progress(app, options.talk);
}

}  // namespace

std::unique_ptr<Command> add_evaluate(CLI::App& root) {
  return make_command(root, "evaluate", "Measure how good generated notes are, beside real ones", accept,
                      settle, evaluate, R"(
  ictus evaluate --reference real/ --generated made/
  ictus evaluate --reference real/ --generated made/ --report report/
  ictus evaluate --reference real/ --generated made/ --json | jq .metrics.frechet)");
}

}  // namespace ictus::front
