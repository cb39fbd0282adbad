#include <memory>

#include "apps/cli/networks.hpp"
#include "apps/ictus/commands.hpp"
#include "apps/options/add.hpp"
#include "apps/options/refuse.hpp"

namespace ictus::front {
namespace {

void require_all(const TrainOptions& options) {
  if (options.data_folder.empty()) throw UsageError("--data DIR is missing: the folder to learn from");
  if (!options.output.path) throw UsageError("--out FILE is missing: where to write the model");
  if (options.network == Network::judge && !options.about)
    throw UsageError("--about is missing: what to judge, family or pitch");
}

/// Which network is trained, a command below `train` says; each has options of its own.
struct TrainLine {
  TrainOptions tokenizer, generator, prior, judge;
  const TrainOptions* chosen = nullptr;
};

/// The networks differ; what can be said of their training does not.
CLI::App& add_network(CLI::App& train, TrainOptions& options, const char* name, const char* description,
                      const char* examples,
                      const char* data = "Folder of audio files to learn from (required).") {
  CLI::App& app = *add_command(train, name, description, examples);
  add_value(app, kInputGroup, "--data", "DIR", non_empty, options.data_folder, data);
  add_value(app, kInputGroup, "--config", "FILE", non_empty, options.config,
            "Sizes of the network and the recipe, as JSON, instead of the built-in ones.");
  CLI::Option* const resume = add_value(app, kInputGroup, "--resume", "FILE", non_empty, options.resume,
                                        "Go on from this checkpoint as if never stopped.");
  CLI::Option* const init = add_value(app, kInputGroup, "--init", "FILE", non_empty, options.init,
                                      "Start from these weights instead of from nothing.");
  resume->excludes(init);
  add_value(app, kOutputGroup, "--out", "FILE", non_empty, options.output.path,
            "Where to write the model (required). FILE.checkpoint beside it is what --resume takes.");
  add_switch(app, kOutputGroup, "-f,--force", options.output.force,
             "Replace a model, a checkpoint and a table that exist; --resume goes on with them anyway.");
  add_value(
      app, kOutputGroup, "--log", "FILE", non_empty, options.log,
      "Table of losses and distances as the work goes on, in TSV. Without it: FILE.tsv beside the model.");
  add_value(app, kCodingGroup, "--hours", "H", positive_number, options.hours,
            "Stop after so many hours, with a checkpoint.");
  add_value(app, kCodingGroup, "--steps", "N",
            "Number of steps in all, those before --resume included, instead of the recipe's.",
            [&options](const std::string& value) {
              options.steps = whole_number("--steps", value, 1, 1'000'000'000'000);
            });
  add_number(
      app, kCodingGroup, "--lost-after", "S", 1, 3600, options.lost_after_s,
      "Where several processes train together: one that is not heard of for so many seconds is lost, and "
      "the others end.");
  add_seed(app, kCodingGroup, options.seed,
           "Where the random numbers start; with --resume that of the checkpoint.");
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
  add_value(generator, kInputGroup, "--tokenizer", "FILE", non_empty, line.generator.tokenizer,
            "The tokenizer whose tokens it is to write. Without it: the file that ICTUS_MARS_MODEL names, "
            "else the one installed with the program. It learns from notes whose names say what they are: "
            "FAMILY_SOURCE.INSTRUMENT_NUMBER-PITCH-VELOCITY; INSTRUMENT, with its dot, may be left out. The "
            "configuration lists the families and instruments that can be asked for.");
  line.prior.network = Network::prior;
  CLI::App& prior =
      add_network(train, line.prior, "prior", "Train a token prior, by which token pyramids are packed", R"(
  mkdir pyramids ; ictus encode --codec mars --model my.tokenizer notes/*.wav -o pyramids/
  ictus train prior --data pyramids/ --tokenizer my.tokenizer --out my.prior
  ICTUS_TOKEN_PRIOR=my.prior ictus encode --codec mars --model my.tokenizer song.wav)",
                  "Folder of token pyramids, files that end in .mars, to learn from (required).");
  add_value(prior, kInputGroup, "--tokenizer", "FILE", non_empty, line.prior.tokenizer,
            "The tokenizer whose tokens the pyramids hold. Without it: the file that ICTUS_MARS_MODEL names, "
            "else the one installed with the program.");
  line.judge.network = Network::judge;
  CLI::App& judge = add_network(train, line.judge, "judge",
                                "Train a judge, which tells the family or the pitch of a note", R"(
  ictus train judge --about family --data notes/ --out family.model
  ictus train judge --about pitch --data notes/ --out pitch.model --hours 1)");
  static constexpr Choice<JudgeQuestion> kQuestions[] = {{"family", JudgeQuestion::family},
                                                         {"pitch", JudgeQuestion::pitch}};
  add_choice(judge, kInputGroup, "--about", kQuestions, line.judge.about,
             "What it is to tell of a note (required). It learns from notes whose names say what they are: "
             "FAMILY_SOURCE_NUMBER-PITCH-VELOCITY. What is to judge a generator's notes must not know their "
             "sources: give it notes of other players, libraries and soundfonts.");
  add_value(judge, kInputGroup, "--tokenizer", "FILE", non_empty, line.judge.tokenizer,
            "Hear some of the notes as this tokenizer gives them back, too, to be right about coded and "
            "generated sound. Without it: only as they are.");
}

void settle(TrainLine& line, const CLI::App& given) {
  line.chosen = given.get_name() == "tokenizer"   ? &line.tokenizer
                : given.get_name() == "generator" ? &line.generator
                : given.get_name() == "prior"     ? &line.prior
                                                  : &line.judge;
  require_all(*line.chosen);
}

int train(const TrainLine& line, const cli::Streams& streams) {
  return cli::networks().train(*line.chosen, streams);
}

}  // namespace

std::unique_ptr<Command> add_train(CLI::App& root) {
  return make_command(root, "train", "Train a model", accept, settle, train, R"(
  ictus train tokenizer --data notes/ --out my.model
  ictus train generator --data notes/ --out my.model
  ictus train prior --data pyramids/ --out my.model
  ictus train judge --about pitch --data notes/ --out my.model)");
}

}  // namespace ictus::front
