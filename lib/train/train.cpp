#include "lib/train/train.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <xxhash.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numbers>
#include <optional>

#include "lib/core/error.hpp"
#include "lib/core/memory.hpp"
#include "lib/core/path.hpp"
#include "lib/core/utf8.hpp"
#include "lib/dsp/device.hpp"
#include "lib/judges/judge.hpp"
#include "lib/mars/generator_file.hpp"
#include "lib/mars/model_file.hpp"
#include "lib/train/adam.hpp"
#include "lib/train/batch.hpp"
#include "lib/train/generator_task.hpp"
#include "lib/train/judge_task.hpp"
#include "lib/train/prior_task.hpp"
#include "lib/train/process_group.hpp"
#include "lib/train/tokenizer_task.hpp"
#include "lib/weights/tensor_file.hpp"

namespace ictus::train {
namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;

/// A kind of model that can be trained.
struct Kind {
  const char* model_format;  ///< metadata "format" of its weights
  const char* checkpoint_format;
  const char* called;   ///< in words
  const char* made_by;  ///< the command that trains it
  json default_model, default_recipe;
  /// Throws when a value makes no sense or is of another type.
  std::function<void(const json& model, const json& recipe)> check;
  /// Reads the sound that it needs.
  std::function<std::unique_ptr<Task>(const json& model, const json& recipe, const Sound&,
                                      const torch::Device&)>
      make_task;
};

/// Sizes and recipe as JSON with every key.
struct Configuration {
  json model, recipe;
  [[nodiscard]] Schedule schedule() const { return recipe.get<Schedule>(); }
};

/// Values of `given` in place of those of `known`, which has every key there is.
void take_over(json& known, const json& given, const std::string& where) {
  if (!given.is_object()) throw Error(where + " is no JSON object");
  for (const auto& [name, value] : given.items()) {
    if (!known.contains(name)) throw Error(fmt::format("{}: unknown key '{}'", where, name));
    known[name] = value;
  }
}

/// Takes over what a file says of sizes and recipe.
void read_configuration(const std::string& path, Configuration& known) {
  std::ifstream file(path);
  if (!file) throw Error(fmt::format("{}: cannot be opened", path), "name a JSON file with --config");
  try {
    const json all = json::parse(file);
    for (const auto& [key, value] : all.items()) {
      if (key != "model" && key != "training")
        throw Error(fmt::format("{}: unknown section '{}'", path, key),
                    "the sections are 'model' and 'training'");
      take_over(key == "model" ? known.model : known.recipe, value, fmt::format("{}: '{}'", path, key));
    }
  } catch (const json::exception& error) {
    throw Error(fmt::format("{}: {}", path, error.what()));
  }
}

/// All that changes during training.
class Run {
 public:
  Run(const Kind& kind, const Configuration& configuration, const TrainOptions& options, Task& task)
      : kind_(kind),
        configuration_(configuration),
        schedule_(configuration.schedule()),
        seed_(options.seed),
        group_(*options.group),
        task_(task),
        adam_(task.parameters()) {
    torch::NoGradGuard no_grad;
    for (const auto& [name, value] : task.parameters()) average_[name] = value.detach().clone();
  }

  long long step() const { return step_; }

  /// Everything becomes that of the first process.
  void copy_from_first() {
    std::vector<torch::Tensor> all;
    for (const auto& [prefix, tensors] : parts())
      for (const auto& item : tensors) all.push_back(item.second);
    for (const auto& item : adam_.state()) all.push_back(item.second);
    group_.copy_from_first(all);
  }

  /// The moving average starts over from the weights as they are.
  void restart_average() { models::copy_weights(task_.parameters(), average_); }

  /// Takes the step `share.step` along the gradients of its batch. Returns their norm.
  double update(const Gradients& g, const Share& share) {
    const double fade = schedule_.last_rate + (1.0 - schedule_.last_rate) * 0.5 *
                                                  (1.0 + std::cos(std::numbers::pi * share.progress));
    const double warm = std::min(1.0, static_cast<double>(step_ + 1) / 100.0);
    const double norm = adam_.step(g.model, schedule_.clip_norm, [&](const std::string& name) {
      return warm * fade * task_.learning_rate(name);
    });
    ++step_;
    std::mt19937_64 random = share.random_after_step();
    const models::NamedTensors renewed = task_.after_step(g.tallies, random, share.progress);
    torch::NoGradGuard no_grad;
    const double keep = std::min(schedule_.average_decay,
                                 (1.0 + static_cast<double>(step_)) / (10.0 + static_cast<double>(step_)));
    for (const auto& [name, value] : task_.parameters())
      average_[name].mul_(keep).add_(value.detach(), 1.0 - keep);
    // Otherwise what is shipped, the average, would mix what is new with what it replaced.
    const models::NamedTensors now = task_.parameters();
    for (const auto& [name, rows] : renewed) {
      group_.copy_from_first({now.at(name)});  // which unlike machines would make a little different
      adam_.forget(name, rows);
      average_[name].index_copy_(0, rows, now.at(name).detach().index_select(0, rows));
    }
    return norm;
  }

  /// Runs `work` with the moving average in place of the weights.
  template <typename Work>
  auto with_average(Work work) {
    models::NamedTensors own;
    for (const auto& [name, value] : task_.parameters()) own[name] = value.detach().clone();
    models::copy_weights(average_, task_.parameters());
    auto result = work();
    models::copy_weights(own, task_.parameters());
    return result;
  }

  void save_weights(const std::string& path) const {
    formats::TensorFile file = described(kind_.model_format);
    file.metadata["steps"] = std::to_string(step_);
    store(file, "", average_, formats::DType::f16);
    write_tensor_file(path, file);
  }

  void save_checkpoint(const std::string& path) const {
    formats::TensorFile file = described(kind_.checkpoint_format);
    file.metadata["step"] = std::to_string(step_);
    file.metadata["seed"] = std::to_string(seed_);
    for (const auto& [prefix, tensors] : parts()) store(file, prefix, tensors, formats::DType::f32);
    store(file, "adam.", adam_.state(), formats::DType::f32);
    write_tensor_file(path, file);
  }

  void load_checkpoint(const formats::TensorFile& file, const torch::Device& device) {
    for (const auto& [prefix, tensors] : parts()) models::copy_weights(fetch(file, prefix, device), tensors);
    step_ = std::stoll(file.metadata.at("step"));
    adam_.load_state(fetch(file, "adam.", device), step_);
  }

 private:
  /// The tensors of a checkpoint other than the optimisers', by their prefix.
  std::map<std::string, models::NamedTensors> parts() const {
    return {{"model.", task_.parameters()}, {"average.", average_}, {"memory.", task_.memory()}};
  }

  formats::TensorFile described(const char* format) const {
    formats::TensorFile file;
    file.metadata["format"] = format;
    file.metadata["version"] = "1";
    file.metadata["config"] = configuration_.model.dump();
    file.metadata["recipe"] = configuration_.recipe.dump();
    return file;
  }

  const Kind& kind_;
  const Configuration& configuration_;
  Schedule schedule_;
  unsigned long long seed_;
  ProcessGroup& group_;
  Task& task_;
  Adam adam_;
  models::NamedTensors average_;
  long long step_ = 0;
};

/// Refuses files that training cannot start from.
void check_start(const std::string& path, const StoredTensors& start, const Kind& kind, bool resuming,
                 const TrainOptions& options) {
  const bool is_checkpoint = start.format() == kind.checkpoint_format;
  if (resuming && !is_checkpoint)
    throw Error(fmt::format("{}: not a training checkpoint of {}", path, kind.called),
                "checkpoints end in '.checkpoint'; to start from finished weights use --init");
  if (!is_checkpoint && start.format() != kind.model_format)
    throw Error(fmt::format("{}: neither {} nor a training checkpoint of one", path, kind.called),
                fmt::format("--init takes what '{}' made", kind.made_by));
  if (!is_checkpoint) return;
  for (const char* key : {"recipe", "step", "seed"})
    if (start.file.metadata.count(key) == 0)
      throw Error(fmt::format("{}: the checkpoint does not say its '{}'", path, key),
                  "start anew, or from weights with --init");
  if (!resuming) return;
  if (start.file.metadata.at("seed") != std::to_string(options.seed))
    throw Error(fmt::format("{}: was made with the seed {}", path, start.file.metadata.at("seed")),
                "give the same --seed to go on with it");
  const long long had = std::stoll(start.file.metadata.at("step"));
  if (options.steps > 0 && options.steps < had)
    throw Error(
        fmt::format("{}: has had {} steps already, and --steps asks for {}", path, had, options.steps),
        "--steps is the number of all steps, those before the checkpoint included");
}

/// Appends lines "step seconds name value" to a TSV that other programs plot.
class Log {
 public:
  // What is open already, such as standard output, may hold something of others.
  Log(const std::string& path, bool resumed)
      : file_(path, resumed || stands_for_descriptor(path) ? std::ios::app : std::ios::trunc) {
    if (!file_) throw Error(fmt::format("{}: cannot be written", path), "does the folder exist?");
    if (!resumed) file_ << "step\tseconds\tname\tvalue\n";
  }
  void write(long long step, double seconds, const Figures& figures) {
    for (const auto& [name, value] : figures)
      fmt::print(file_, "{}\t{:.1f}\t{}\t{:.7g}\n", step, seconds, name, value);
    file_.flush();
  }

 private:
  std::ofstream file_;
};

/// What a training begins with.
struct Beginning {
  Configuration configuration;
  Schedule schedule;
  std::optional<StoredTensors> start;  ///< weights, or with --resume a checkpoint
  std::string start_path;
};

/// Reads and checks it. Throws ictus::Error.
Beginning beginning_of(const Kind& kind, const TrainOptions& options) {
  Beginning begun{{kind.default_model, kind.default_recipe}, {}, {}, {}};
  Configuration& configuration = begun.configuration;
  const auto check_as_from = [&](const std::string& path) {
    try {
      kind.check(configuration.model, configuration.recipe);
      begun.schedule = configuration.schedule();
    } catch (const json::exception& error) {
      throw Error(fmt::format("{}: {}", path, error.what()));
    }
  };
  const bool resuming = !options.resume_path.empty();
  begun.start_path = resuming ? options.resume_path : options.init_path;
  if (const std::string& path = begun.start_path; !path.empty()) {
    begun.start = read_tensor_file(path, "name the file of an earlier training");
    check_start(path, *begun.start, kind, resuming, options);
    // Weights of an earlier version may say what this one no longer asks for.
    const auto own = begun.start->config<json>();
    for (const auto& [key, value] : own.items())
      if (configuration.model.contains(key)) configuration.model[key] = value;
    check_as_from(path);
    if (resuming && options.config_path.empty())
      take_over(configuration.recipe, json::parse(begun.start->file.metadata.at("recipe")), path);
  }
  if (!options.config_path.empty()) read_configuration(options.config_path, configuration);
  if (options.steps > 0) configuration.recipe["steps"] = options.steps;
  check_as_from(options.config_path.empty() ? begun.start_path : options.config_path);
  return begun;
}

/// Weights that are not those of a checkpoint to go on from: of a file, or as nothing was learnt.
void set_weights(Task& task, const Kind& kind, const Beginning& begun, unsigned long long seed,
                 const torch::Device& device, std::ostream& words) {
  if (!begun.start) {
    std::mt19937_64 random(seed);
    task.start_from_data(random);
    return;
  }
  const bool is_checkpoint = begun.start->format() == kind.checkpoint_format;
  models::NamedTensors weights = fetch(begun.start->file, is_checkpoint ? "average." : "", device);
  // A model may have more parts than the one it starts from; they start as they would from nothing.
  for (const auto& [name, value] : task.parameters())
    if (weights.try_emplace(name, value.detach().clone()).second)
      fmt::print(words, "{} has no '{}': it starts at random\n", printable(begun.start_path), name);
  models::copy_weights(weights, task.parameters());
}

/// What is learned from must be one thing to all processes.
std::uint64_t hash_of(const Beginning& begun, const Task& task, const Run& run, const TrainOptions& options) {
  const std::string all =
      fmt::format("{} {} {} {} {} {}", begun.configuration.model.dump(), begun.configuration.recipe.dump(),
                  options.seed, run.step(), task.training_hours(), task.validation_hours());
  return XXH3_64bits(all.data(), all.size());
}

/// Takes the steps that are left, with files and words as the options say.
void learn(Run& run, Task& task, const Schedule& schedule, const TrainOptions& options,
           const std::function<bool()>& stop_requested, std::ostream& words) {
  ProcessGroup& group = *options.group;
  // Only now, so that a training which cannot begin leaves nothing behind.
  std::optional<Log> log;
  if (group.is_first())
    log.emplace(options.log_path.empty() ? options.out_path + ".tsv" : options.log_path,
                !options.resume_path.empty());
  const auto began = Clock::now();
  const auto seconds = [&began] { return std::chrono::duration<double>(Clock::now() - began).count(); };
  const long long first_step = run.step();
  bool stopped = false;
  const auto save = [&] {
    if (!group.is_first()) return;
    run.save_checkpoint(checkpoint_path(options.out_path));
    run.save_weights(options.out_path);
  };
  if (first_step >= schedule.steps) save();  // nothing is left to learn, and the model may not be there yet
  while (run.step() < schedule.steps && !stopped) {
    const Share batch{.seed = options.seed,
                      .step = run.step(),
                      .progress = static_cast<double>(run.step()) / static_cast<double>(schedule.steps),
                      .batch = schedule.batch,
                      .count = schedule.batch};
    const Gradients g = gradients_of_batch(task, group, batch, options.threads);
    const double norm = run.update(g, batch);
    Figures figures = g.figures;
    figures["gradient_norm"] = norm;
    if (log && run.step() % schedule.log_every == 0) log->write(run.step(), seconds(), figures);
    if (options.progress) {
      const double per_step = seconds() / static_cast<double>(run.step() - first_step);
      fmt::print(words, "\rstep {}/{}  {}  {:.2f} s/step  {:.0f} min left ", run.step(), schedule.steps,
                 task.step_words(figures), per_step,
                 per_step * static_cast<double>(schedule.steps - run.step()) / 60.0);
      words.flush();
    }
    stopped = group.any(stop_requested() || (options.hours > 0.0 && seconds() > options.hours * 3600.0));
    const bool last = stopped || run.step() == schedule.steps;
    if (log && (last || run.step() % schedule.validate_every == 0)) {
      const Figures validation = run.with_average([&] { return task.validate(); });
      log->write(run.step(), seconds(), validation);
      fmt::print(words, "{}step {}: {}\n", options.progress ? "\r" : "", run.step(),
                 task.validation_words(validation));
      words.flush();
    }
    if (last || run.step() % schedule.checkpoint_every == 0) save();
  }
  fmt::print(words, "{} after {} steps, {:.0f} min: {}\n", stopped ? "stopped" : "done", run.step(),
             seconds() / 60.0, printable(options.out_path));
}

void train(const Kind& kind, const TrainOptions& options, const std::function<bool()>& stop_requested,
           std::ostream& words) {
  const Beginning begun = beginning_of(kind, options);
  ProcessGroup& group = *options.group;
  if (begun.schedule.batch < group.rank().count)
    throw Error(fmt::format("a batch of {} cannot be shared by {} processes", begun.schedule.batch,
                            group.rank().count),
                "start fewer, or name a larger 'batch' with --config");
  keep_freed_memory();
  use_one_thread_per_caller();  // workers are the parallelism
  torch::manual_seed(options.seed);
  const torch::Device device = dsp::usable_device(options.device, group.rank().on_machine);

  const auto loading = Clock::now();
  const std::unique_ptr<Task> task = kind.make_task(begun.configuration.model, begun.configuration.recipe,
                                                    {options.data_dir, stop_requested, words}, device);
  fmt::print(words, "{:.2f} h to train on, {:.2f} h held out, read in {:.0f} s\n", task->training_hours(),
             task->validation_hours(), std::chrono::duration<double>(Clock::now() - loading).count());
  Run run(kind, begun.configuration, options, *task);
  if (!options.resume_path.empty()) {
    run.load_checkpoint(begun.start->file, device);
  } else {
    set_weights(*task, kind, begun, options.seed, device, words);
    run.restart_average();
  }
  const bool is_whole = group.rank().count == 1 || !group.any(stop_requested());  // else a part was read
  if (is_whole)
    group.require_same("configuration, checkpoint or folder of sound", hash_of(begun, *task, run, options));
  run.copy_from_first();
  learn(run, *task, begun.schedule, options, stop_requested, words);
  group.leave();
}

template <typename Config, typename Recipe>
void check_both(const json& model, const json& recipe) {
  models::check(model.get<Config>());
  check(recipe.get<Recipe>());
}

}  // namespace

std::string checkpoint_path(const std::string& out_path) { return out_path + ".checkpoint"; }

void train_tokenizer(const TrainOptions& options, const std::function<bool()>& stop_requested,
                     std::ostream& words) {
  const Kind kind{.model_format = mars::kTokenizerFormat,
                  .checkpoint_format = mars::kTokenizerCheckpointFormat,
                  .called = "a tokenizer",
                  .made_by = "ictus train tokenizer",
                  .default_model = models::TokenizerConfig(),
                  .default_recipe = TokenizerRecipe(),
                  .check = check_both<models::TokenizerConfig, TokenizerRecipe>,
                  .make_task = [](const json& model, const json& recipe, const Sound& sound,
                                  const torch::Device& device) {
                    return std::make_unique<TokenizerTask>(model.get<models::TokenizerConfig>(),
                                                           recipe.get<TokenizerRecipe>(), sound, device);
                  }};
  train(kind, options, stop_requested, words);
}

void train_generator(const TrainOptions& options, const std::function<bool()>& stop_requested,
                     std::ostream& words) {
  const auto tokenizer = mars::load_tokenizer(options.tokenizer_path, options.device);
  const Kind kind{.model_format = mars::kGeneratorFormat,
                  .checkpoint_format = mars::kGeneratorCheckpointFormat,
                  .called = "a generator",
                  .made_by = "ictus train generator",
                  .default_model = generator_config(*tokenizer),
                  .default_recipe = GeneratorRecipe(),
                  .check = check_both<models::GeneratorConfig, GeneratorRecipe>,
                  .make_task = [&](const json& model, const json& recipe, const Sound& sound,
                                   const torch::Device& device) {
                    return std::make_unique<GeneratorTask>(model.get<models::GeneratorConfig>(),
                                                           recipe.get<GeneratorRecipe>(), tokenizer, sound,
                                                           device, options.threads);
                  }};
  train(kind, options, stop_requested, words);
}

void train_prior(const TrainOptions& options, const std::function<bool()>& stop_requested,
                 std::ostream& words) {
  const auto tokenizer = mars::load_tokenizer(options.tokenizer_path, options.device);
  const Kind kind{.model_format = formats::kTokenPriorFormat,
                  .checkpoint_format = "ictus-prior-checkpoint",
                  .called = "a token prior",
                  .made_by = "ictus train prior",
                  .default_model = prior_config(*tokenizer),
                  .default_recipe = PriorRecipe(),
                  .check = check_both<models::PriorConfig, PriorRecipe>,
                  .make_task = [&](const json& model, const json& recipe, const Sound& pyramids,
                                   const torch::Device& device) {
                    return std::make_unique<PriorTask>(model.get<models::PriorConfig>(),
                                                       recipe.get<PriorRecipe>(), tokenizer,
                                                       options.find_prior, pyramids, device);
                  }};
  train(kind, options, stop_requested, words);
}

void train_judge(const TrainOptions& options, const std::function<bool()>& stop_requested,
                 std::ostream& words) {
  std::shared_ptr<const mars::LoadedTokenizer> tokenizer;
  if (!options.tokenizer_path.empty())
    tokenizer = mars::load_tokenizer(options.tokenizer_path, options.device);
  models::JudgeConfig config;
  config.question = options.about;
  config.id = fmt::format("judge-{}-1", config.question);
  const Kind kind{
      .model_format = judges::kJudgeFormat,
      .checkpoint_format = judges::kJudgeCheckpointFormat,
      .called = "a judge",
      .made_by = "ictus train judge",
      .default_model = config,
      .default_recipe = JudgeRecipe(),
      .check =
          [question = config.question](const json& model, const json& recipe) {
            const auto given = model.get<models::JudgeConfig>();
            models::check(given);
            if (given.question != question)
              throw Error(
                  fmt::format("a judge of {} is asked for, and the configuration is that of a judge of {}",
                              question, given.question),
                  "give another --about, or other files");
            check(recipe.get<JudgeRecipe>());
          },
      .make_task =
          [&](const json& model, const json& recipe, const Sound& sound, const torch::Device& device) {
            return std::make_unique<JudgeTask>(model.get<models::JudgeConfig>(), recipe.get<JudgeRecipe>(),
                                               tokenizer, sound, device, options.threads);
          }};
  train(kind, options, stop_requested, words);
}

}  // namespace ictus::train
