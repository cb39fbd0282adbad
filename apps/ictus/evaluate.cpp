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

using namespace options;

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
    add_value(app, kInputGroup, name, "DIR", description, non_empty, field);
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
  add_value(
      app, kOutputGroup, "--report", "DIR",
      "Write a page to look at and to listen to into this folder: index.html, evaluation.json and table.txt.",
      non_empty, options.report_folder);
  add_whole_number(app, kOutputGroup, "--report-clips",
                   "At most so many generated notes on that page, spread over the labels.", 0, 1000,
                   options.report_clips);
  add_switch(app, kOutputGroup, "-f,--force", "Replace a report that exists.", options.force);
  add_switch(app, kOutputGroup, "--json", "Print one object of JSON with everything, in place of the table.",
             options.talk.json);
  add_whole_number(
      app, kMeasuresGroup, "--clusters",
      "At most so many bins for NDB/k; fewer where fewer than 10 reference notes would fall on each.", 2,
      10'000, options.clusters);
  add_whole_number(app, kMeasuresGroup, "--bootstrap",
                   "How often notes are drawn anew for the intervals of 95 %; 0 leaves intervals out.", 0,
                   100'000, options.resamples);
  add_seed(app, kMeasuresGroup, "Where the random numbers start that bins and intervals come of.",
           options.seed);
  add_value(app, kNetworkGroup, "--family-judge", "FILE",
            "What tells families. Without it: the file that ICTUS_FAMILY_JUDGE names, else the one installed "
            "with the program.",
            non_empty, options.family_judge);
  add_value(app, kNetworkGroup, "--pitch-judge", "FILE",
            "What tells pitches. Without it: the file that ICTUS_PITCH_JUDGE names, else the one installed "
            "with the program.",
            non_empty, options.pitch_judge);
  add_value(app, kNetworkGroup, "--vggish", "FILE",
            "Weights of VGGish for FAD: a safetensors file with the names of torchvggish. Without it FAD is "
            "taken over the family judge's embeddings.",
            non_empty, options.vggish);
  add_device(app, options.device);
  add_progress(app, options.talk);
}

}  // namespace

std::unique_ptr<options::Command> add_evaluate(CLI::App& root) {
  return make_command(root, "evaluate", "Measure how good generated notes are, beside real ones", accept,
                      settle, evaluate, R"(
  ictus evaluate --reference real/ --generated made/
  ictus evaluate --reference real/ --generated made/ --report report/
  ictus evaluate --reference real/ --generated made/ --json | jq .metrics.fad)");
}

}  // namespace ictus::front
