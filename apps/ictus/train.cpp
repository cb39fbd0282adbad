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

class TrainCommand : public Command {
 public:
  explicit TrainCommand(CLI::App& root) {
    CLI::App& train = *add_command(root, "train", "Train a model",
                                   "  ictus train tokenizer --data notes/ --out my.model\n"
                                   "  ictus train generator --data notes/ --out my.model\n"
                                   "  ictus train judge --about pitch --data notes/ --out my.model");
    train.require_subcommand(0, 1);
    tokenizer_.network = Network::tokenizer;
    add_network(train, "tokenizer", "Train a tokenizer, the model of token pyramids",
                "  ictus train tokenizer --data notes/ --out my.model --hours 4\n"
                "  ictus train tokenizer --data notes/ --out my.model --resume my.model.checkpoint",
                tokenizer_);
    generator_.network = Network::generator;
    CLI::App& generator =
        add_network(train, "generator", "Train a generator, which writes notes as token pyramids",
                    "  ictus train generator --data notes/ --out my.model --hours 8\n"
                    "  ictus train generator --data notes/ --tokenizer my.tokenizer --out my.model",
                    generator_);
    add_value(
        generator, kInputGroup, "--tokenizer", "FILE",
        "The tokenizer whose tokens it is to write. Without it: the file that ICTUS_MARS_MODEL names, else "
        "the one installed with the program. It learns from notes whose names say what they are: "
        "FAMILY_SOURCE_INSTRUMENT-PITCH-VELOCITY, and leaves out one in four, which judges learn from.",
        [this](const std::string& value) { generator_.tokenizer = non_empty("--tokenizer", value); });
    judge_.network = Network::judge;
    CLI::App& judge =
        add_network(train, "judge", "Train a judge, which tells the family or the pitch of a note",
                    "  ictus train judge --about family --data notes/ --out family.model\n"
                    "  ictus train judge --about pitch --data notes/ --out pitch.model --hours 1",
                    judge_);
    static constexpr Choice<JudgeQuestion> kQuestions[] = {{"family", JudgeQuestion::family},
                                                           {"pitch", JudgeQuestion::pitch}};
    add_value(
        judge, kInputGroup, "--about", "family|pitch",
        "What it is to tell of a note (required). It learns from notes whose names say what they are: "
        "FAMILY_SOURCE_INSTRUMENT-PITCH-VELOCITY, and from one in four of them, which generators do not "
        "learn from.",
        [this](const std::string& value) { judge_.about = choice("--about", value, kQuestions); });
    add_value(judge, kInputGroup, "--tokenizer", "FILE",
              "Hear some of the notes as this tokenizer gives them back, too, to be right about coded and "
              "generated "
              "sound. Without it: only as they are.",
              [this](const std::string& value) { judge_.tokenizer = non_empty("--tokenizer", value); });
  }
  void settle(const CLI::App& given) override {
    for (TrainOptions* const options : {&tokenizer_, &generator_, &judge_}) {
      if (given.get_name() == name_of(options->network)) chosen_ = options;
    }
    require_all(*chosen_);
  }
  int run(const cli::Streams& streams) override { return cli::networks().train(*chosen_, streams); }

 private:
  static const char* name_of(Network network) {
    return network == Network::tokenizer   ? "tokenizer"
           : network == Network::generator ? "generator"
                                           : "judge";
  }
  /// The networks differ; what can be said of their training does not.
  static CLI::App& add_network(CLI::App& train, const char* name, const char* description,
                               const char* examples, TrainOptions& options) {
    CLI::App& app = *add_command(train, name, description, examples);
    add_value(app, kInputGroup, "--data", "DIR", "Folder of audio files to learn from (required).",
              [&options](const std::string& value) { options.data_folder = non_empty("--data", value); });
    add_value(app, kInputGroup, "--config", "FILE",
              "Sizes of the network and the recipe, as JSON, instead of the built-in ones.",
              [&options](const std::string& value) { options.config = non_empty("--config", value); });
    CLI::Option* const resume =
        add_value(app, kInputGroup, "--resume", "FILE", "Go on from this checkpoint as if never stopped.",
                  [&options](const std::string& value) { options.resume = non_empty("--resume", value); });
    CLI::Option* const init =
        add_value(app, kInputGroup, "--init", "FILE", "Start from these weights instead of from nothing.",
                  [&options](const std::string& value) { options.init = non_empty("--init", value); });
    resume->excludes(init);
    add_value(app, kOutputGroup, "--out", "FILE",
              "Where to write the model (required). FILE.checkpoint beside it is what --resume takes.",
              [&options](const std::string& value) { options.output.path = non_empty("--out", value); });
    add_switch(app, kOutputGroup, "-f,--force",
               "Replace a model, a checkpoint and a table that exist; --resume goes on with them anyway.",
               options.output.force);
    add_value(
        app, kOutputGroup, "--log", "FILE",
        "Table of losses and distances as the work goes on, in TSV. Without it: FILE.tsv beside the model.",
        [&options](const std::string& value) { options.log = non_empty("--log", value); });
    add_value(app, kCodingGroup, "--hours", "H", "Stop after so many hours, with a checkpoint.",
              [&options](const std::string& value) { options.hours = positive_number("--hours", value); });
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

  TrainOptions tokenizer_, generator_, judge_;
  const TrainOptions* chosen_ = nullptr;
};

}  // namespace

std::unique_ptr<options::Command> add_train(CLI::App& root) { return std::make_unique<TrainCommand>(root); }

}  // namespace ictus::front
