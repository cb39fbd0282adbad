#include "lib/train/train.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <thread>

#include "apps/cli/command.hpp"
#include "apps/cli/model_search.hpp"
#include "apps/cli/output_file.hpp"
#include "apps/cli/reporter.hpp"
#include "apps/cli/signals.hpp"
#include "apps/cli/text.hpp"
#include "apps/cli/token_priors.hpp"
#include "apps/networks/commands.hpp"
#include "apps/networks/ranks.hpp"
#include "apps/options/parse.hpp"
#include "lib/core/error.hpp"
#include "lib/core/path.hpp"

namespace ictus::networks {
namespace {

train::TrainOptions train_options(const options::TrainOptions& options) {
  train::TrainOptions result;
  result.data_dir = options.data_folder;
  result.out_path = options.output.path.value_or("");
  result.config_path = options.config.value_or("");
  if (options.about) result.about = *options.about == options::JudgeQuestion::pitch ? "pitch" : "family";
  result.resume_path = options.resume.value_or("");
  result.init_path = options.init.value_or("");
  result.device = options.device;
  result.log_path = options.log.value_or("");
  result.hours = options.hours;
  result.steps = options.steps;
  result.threads = options.threads > 0 ? options.threads
                                       : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  result.seed = options.seed;
  return result;
}

void check_data(const options::TrainOptions& options) {
  std::error_code failure;
  if (!std::filesystem::is_directory(options.data_folder, failure)) {
    throw Error(cli::display_name(options.data_folder) + ": is no folder to learn from",
                "--data names a folder of audio files");
  }
}

void check_outputs(const options::TrainOptions& options) {
  const std::string& model = *options.output.path;
  if (place_at(model) == Place::special) {
    throw options::UsageError(
        fmt::format("--out: {} is no file, and a checkpoint and a table are to lie beside the model",
                    cli::display_output_name(model)),
        "Name a file.");
  }
  const bool replaces = options.output.force || options.resume.has_value();
  for (const std::string& path :
       {model, train::checkpoint_path(model), options.log.value_or(model + ".tsv")}) {
    cli::check_output(path, replaces);
  }
}

/// Those who were started together, once all are there.
std::shared_ptr<train::ProcessGroup> joined(train::Rank rank, const options::TrainOptions& options) {
  rank.lost_after_s = options.lost_after_s;
  rank.remedy = fmt::format("start them again with --resume {}, as many as there are",
                            cli::display_name(train::checkpoint_path(*options.output.path)));
  return std::make_shared<train::ProcessGroup>(rank);
}

}  // namespace

int train(const options::TrainOptions& options, const cli::Streams& streams) {
  // First of all, so that the others hear of it at once where one of them cannot go on.
  const std::shared_ptr<train::ProcessGroup> group = joined(rank_in_environment(), options);
  check_data(options);
  if (group->is_first()) check_outputs(options);
  const cli::Reporter reporter(streams, options.talk.quiet, options.talk.progress);
  std::ostream nothing(nullptr);
  // The first signal ends the training after its step, with a checkpoint; a second one ends it at once.
  cli::note_stop_signals();
  train::TrainOptions how = train_options(options);
  how.group = group;
  how.progress = group->is_first() && reporter.draws_progress();
  const auto stop_requested = [] { return cli::noted_signal() != 0; };
  std::ostream& words = options.talk.quiet || !group->is_first() ? nothing : std::cerr;
  switch (options.network) {
    case options::Network::tokenizer:
      train::train_tokenizer(how, stop_requested, words);
      break;
    case options::Network::generator:
      how.tokenizer_path = cli::find_model(cli::Model::tokenizer, options.tokenizer, "--tokenizer");
      train::train_generator(how, stop_requested, words);
      break;
    case options::Network::prior:
      how.tokenizer_path = cli::find_model(cli::Model::tokenizer, options.tokenizer, "--tokenizer");
      how.find_prior = cli::prior_named;
      train::train_prior(how, stop_requested, words);
      break;
    case options::Network::judge:
      if (options.tokenizer)
        how.tokenizer_path = cli::find_model(cli::Model::tokenizer, options.tokenizer, "--tokenizer");
      train::train_judge(how, stop_requested, words);
      break;
  }
  if (const int signal_number = cli::noted_signal(); signal_number != 0) cli::end_by_signal(signal_number);
  return cli::kDone;
}

}  // namespace ictus::networks
