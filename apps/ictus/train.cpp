#include <memory>

#include "apps/cli/networks.hpp"
#include "apps/ictus/commands.hpp"
#include "apps/options/add.hpp"
#include "apps/options/refuse.hpp"

namespace ictus::front {
namespace {

using namespace options;

void require_all(const TrainOptions& options) {
  if (options.data_folder.empty()) throw UsageError("--data DIR is missing: the folder to learn from");
  if (!options.output.path) throw UsageError("--out FILE is missing: where to write the model");
  if (options.network == Network::judge && !options.about)
    throw UsageError("--about is missing: what to judge, family or pitch");
}

/// Which network is trained, a command below `train` says; each has options of its own.
struct TrainLine {
  TrainOptions tokenizer, generator, judge;
  const TrainOptions* chosen = nullptr;
};

/// The networks differ; what can be said of their training does not.
CLI::App& add_network(CLI::App& train, TrainOptions& options, const char* name, const char* description,
                      const char* examples) {
  CLI::App& app = *add_command(train, name, description, examples);
  add_value(app, kInputGroup, "--data", "DIR", "Folder of audio files to learn from (required).", non_empty,
            options.data_folder);
  add_value(app, kInputGroup, "--config", "FILE",
            "Sizes of the network and the recipe, as JSON, instead of the built-in ones.", non_empty,
            options.config);
  CLI::Option* const resume =
      add_value(app, kInputGroup, "--resume", "FILE", "Go on from this checkpoint as if never stopped.",
                non_empty, options.resume);
  CLI::Option* const init =
      add_value(app, kInputGroup, "--init", "FILE", "Start from these weights instead of from nothing.",
                non_empty, options.init);
  resume->excludes(init);
  add_value(app, kOutputGroup, "--out", "FILE",
            "Where to write the model (required). FILE.checkpoint beside it is what --resume takes.",
            non_empty, options.output.path);
  add_switch(app, kOutputGroup, "-f,--force",
             "Replace a model, a checkpoint and a table that exist; --resume goes on with them anyway.",
             options.output.force);
  add_value(
      app, kOutputGroup, "--log", "FILE",
      "Table of losses and distances as the work goes on, in TSV. Without it: FILE.tsv beside the model.",
      non_empty, options.log);
  add_value(app, kCodingGroup, "--hours", "H", "Stop after so many hours, with a checkpoint.",
            positive_number, options.hours);
  add_value(app, kCodingGroup, "--steps", "N",
            "Number of steps in all, those before --resume included, instead of the recipe's.",
            [&options](const std::string& value) {
              options.steps = whole_number("--steps", value, 1, 1'000'000'000'000);
            });
  add_seed(app, kCodingGroup, "Where the random numbers start; with --resume that of the checkpoint.",
           options.seed);
  add_device(app, options.device);
  add_threads(app, options.threads, "Threads that work on it; 0 is one per processor core.");
  add_progress(app, options.talk);
  return app;
}

void accept(CLI::App& train, TrainLine& line) {
  train.require_subcommand(0, 1);
  line.tokenizer.network = Network::tokenizer;
  add_network(train, line.tokenizer, "tokenizer", "Train a tokenizer, the model of token pyramids", R"(
  ictus train tokenizer --data notes/ --out my.model --hours 4
  ictus train tokenizer --data notes/ --out my.model --resume my.model.checkpoint)");
  line.generator.network = Network::generator;
  CLI::App& generator = add_network(train, line.generator, "generator",
                                    "Train a generator, which writes notes as token pyramids", R"(
  ictus train generator --data notes/ --out my.model --hours 8
  ictus train generator --data notes/ --tokenizer my.tokenizer --out my.model)");
  add_value(generator, kInputGroup, "--tokenizer", "FILE",
            "The tokenizer whose tokens it is to write. Without it: the file that ICTUS_MARS_MODEL names, "
            "else the one installed with the program. It learns from notes whose names say what they are: "
            "FAMILY_SOURCE_INSTRUMENT-PITCH-VELOCITY, and leaves out one in four, which judges learn from.",
            non_empty, line.generator.tokenizer);
  line.judge.network = Network::judge;
  CLI::App& judge = add_network(train, line.judge, "judge",
                                "Train a judge, which tells the family or the pitch of a note", R"(
  ictus train judge --about family --data notes/ --out family.model
  ictus train judge --about pitch --data notes/ --out pitch.model --hours 1)");
  static constexpr Choice<JudgeQuestion> kQuestions[] = {{"family", JudgeQuestion::family},
                                                         {"pitch", JudgeQuestion::pitch}};
  add_choice(judge, kInputGroup, "--about",
             "What it is to tell of a note (required). It learns from notes whose names say what they are: "
             "FAMILY_SOURCE_INSTRUMENT-PITCH-VELOCITY, and from one in four of them, which generators do not "
             "learn from.",
             kQuestions, line.judge.about);
  add_value(judge, kInputGroup, "--tokenizer", "FILE",
            "Hear some of the notes as this tokenizer gives them back, too, to be right about coded and "
            "generated sound. Without it: only as they are.",
            non_empty, line.judge.tokenizer);
}

void settle(TrainLine& line, const CLI::App& given) {
  line.chosen = given.get_name() == "tokenizer"   ? &line.tokenizer
                : given.get_name() == "generator" ? &line.generator
                                                  : &line.judge;
  require_all(*line.chosen);
}

int train(const TrainLine& line, const cli::Streams& streams) {
  return cli::networks().train(*line.chosen, streams);
}

}  // namespace

std::unique_ptr<options::Command> add_train(CLI::App& root) {
  return make_command(root, "train", "Train a model", accept, settle, train, R"(
  ictus train tokenizer --data notes/ --out my.model
  ictus train generator --data notes/ --out my.model
  ictus train judge --about pitch --data notes/ --out my.model)");
}

}  // namespace ictus::front
