#include "lib/train/train.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <malloc.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numbers>
#include <optional>
#include <thread>

#include "lib/core/error.hpp"
#include "lib/dsp/device.hpp"
#include "lib/events/tensor_file.hpp"
#include "lib/train/adam.hpp"
#include "lib/train/dataset.hpp"
#include "lib/train/events_task.hpp"

namespace ictus::train {
namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;

struct Configuration {
  models::EventModelConfig model;
  EventsRecipe recipe;
};

Configuration read_configuration(const std::string& path) {
  Configuration c;
  if (path.empty()) return c;
  std::ifstream file(path);
  if (!file) throw Error(fmt::format("{}: cannot be opened", path), "name a JSON file with --config");
  try {
    const json all = json::parse(file);
    for (const auto& [key, value] : all.items()) {
      if (key != "model" && key != "training")
        throw Error(fmt::format("{}: unknown section '{}'", path, key),
                    "the sections are 'model' and 'training'");
      const json known = key == "model" ? json(c.model) : json(c.recipe);
      for (const auto& [name, unused] : value.items())
        if (!known.contains(name)) throw Error(fmt::format("{}: unknown key '{}' in '{}'", path, name, key));
    }
    if (all.contains("model")) c.model = all["model"].get<models::EventModelConfig>();
    if (all.contains("training")) c.recipe = all["training"].get<EventsRecipe>();
  } catch (const json::exception& error) {
    throw Error(fmt::format("{}: {}", path, error.what()));
  }
  return c;
}

void store(formats::TensorFile& file, const std::string& prefix, const models::NamedTensors& tensors,
           formats::DType dtype) {
  for (const auto& [name, tensor] : tensors) file.tensors[prefix + name] = events::to_raw(tensor, dtype);
}

models::NamedTensors fetch(const formats::TensorFile& file, const std::string& prefix,
                           const torch::Device& device) {
  models::NamedTensors found;
  for (const auto& [name, raw] : file.tensors)
    if (name.rfind(prefix, 0) == 0) found[name.substr(prefix.size())] = events::from_raw(raw).to(device);
  return found;
}

/// Every step frees and asks for the same large tensors; handing them back to the system each time
/// costs a sixth of the run. (32 MiB is the most that glibc takes.)
void keep_freed_memory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
#endif
}

/// All that changes during training.
class Run {
 public:
  Run(const TrainOptions& options, const Configuration& configuration, const torch::Device& device)
      : options_(options),
        configuration_(configuration),
        model_(configuration.model, device),
        critic_(configuration.model),
        adam_(model_.parameters()),
        critic_adam_((critic_->to(device), models::named_parameters(*critic_)), 0.5, 0.9) {
    torch::NoGradGuard no_grad;
    for (const auto& [name, value] : model_.parameters()) average_[name] = value.detach().clone();
  }

  models::EventModel& model() { return model_; }
  const models::EventDiscriminator& critic() const { return critic_; }
  long long step() const { return step_; }

  /// The moving average starts over from the weights as they are.
  void restart_average() {
    torch::NoGradGuard no_grad;
    for (const auto& [name, value] : model_.parameters()) average_[name].copy_(value);
  }

  double update(const Gradients& g, double progress) {
    const EventsRecipe& r = configuration_.recipe;
    const double fade =
        r.last_rate + (1.0 - r.last_rate) * 0.5 * (1.0 + std::cos(std::numbers::pi * progress));
    const double warm = std::min(1.0, static_cast<double>(step_ + 1) / 100.0);
    const double norm = adam_.step(g.model, r.clip_norm, [&](const std::string& name) {
      // Layers are named LAYER.weight and LAYER.bias; the decoder's learned sets have plain names.
      const bool is_encoder = name.rfind("encoder.", 0) == 0;
      const bool is_table = !is_encoder && name.find('.', 8) == std::string::npos;
      return warm * fade * (is_encoder ? r.encoder_rate : is_table ? r.table_rate : r.decoder_rate);
    });
    if (!g.critic.empty())
      critic_adam_.step(g.critic, r.clip_norm, [&](const std::string&) { return r.critic_rate; });
    ++step_;
    torch::NoGradGuard no_grad;
    const double keep =
        std::min(r.average_decay, (1.0 + static_cast<double>(step_)) / (10.0 + static_cast<double>(step_)));
    for (const auto& [name, value] : model_.parameters())
      average_[name].mul_(keep).add_(value.detach(), 1.0 - keep);
    return norm;
  }

  /// Runs `work` with the moving average in place of the weights.
  template <typename Work>
  auto with_average(Work work) {
    models::NamedTensors own;
    for (const auto& [name, value] : model_.parameters()) own[name] = value.detach().clone();
    model_.load(average_);
    auto result = work();
    model_.load(own);
    return result;
  }

  void save_weights(const std::string& path) const {
    formats::TensorFile file;
    file.metadata["format"] = events::kModelFormat;
    file.metadata["version"] = "1";
    file.metadata["config"] = json(configuration_.model).dump();
    file.metadata["recipe"] = json(configuration_.recipe).dump();
    file.metadata["steps"] = std::to_string(step_);
    store(file, "", average_, formats::DType::f16);
    events::write_tensor_file(path, file);
  }

  void save_checkpoint(const std::string& path) const {
    formats::TensorFile file;
    file.metadata["format"] = events::kCheckpointFormat;
    file.metadata["version"] = "1";
    file.metadata["config"] = json(configuration_.model).dump();
    file.metadata["recipe"] = json(configuration_.recipe).dump();
    file.metadata["step"] = std::to_string(step_);
    file.metadata["critic_steps"] = std::to_string(critic_adam_.steps());
    file.metadata["seed"] = std::to_string(options_.seed);
    store(file, "model.", model_.parameters(), formats::DType::f32);
    store(file, "average.", average_, formats::DType::f32);
    store(file, "adam.", adam_.state(), formats::DType::f32);
    store(file, "critic.", models::named_parameters(*critic_), formats::DType::f32);
    store(file, "critic_adam.", critic_adam_.state(), formats::DType::f32);
    events::write_tensor_file(path, file);
  }

  void load_checkpoint(const formats::TensorFile& file) {
    torch::NoGradGuard no_grad;
    const torch::Device device = model_.device;
    model_.load(fetch(file, "model.", device));
    for (auto& [name, value] : fetch(file, "average.", device)) average_.at(name).copy_(value);
    step_ = std::stoll(file.metadata.at("step"));
    adam_.load_state(fetch(file, "adam.", device), step_);
    const models::NamedTensors critic = fetch(file, "critic.", device);
    for (auto& [name, value] : models::named_parameters(*critic_)) value.copy_(critic.at(name));
    critic_adam_.load_state(fetch(file, "critic_adam.", device),
                            std::stoll(file.metadata.at("critic_steps")));
  }

 private:
  TrainOptions options_;
  Configuration configuration_;
  models::EventModel model_;
  models::EventDiscriminator critic_;
  Adam adam_, critic_adam_;
  models::NamedTensors average_;
  long long step_ = 0;
};

/// Refuses files that training cannot start from.
void check_start(const std::string& path, const events::StoredTensors& start, bool resuming,
                 unsigned long long seed) {
  const bool is_checkpoint = start.format() == events::kCheckpointFormat;
  if (resuming && !is_checkpoint)
    throw Error(fmt::format("{}: not a training checkpoint", path),
                "checkpoints end in '.checkpoint'; to start from finished weights use --init");
  if (!is_checkpoint && start.format() != events::kModelFormat)
    throw Error(fmt::format("{}: neither an event model nor a training checkpoint", path),
                "--init takes what 'ictus train events' made");
  if (!is_checkpoint) return;
  for (const char* key : {"recipe", "step", "critic_steps", "seed"})
    if (start.file.metadata.count(key) == 0)
      throw Error(fmt::format("{}: the checkpoint does not say its '{}'", path, key),
                  "start anew, or from weights with --init");
  if (resuming && start.file.metadata.at("seed") != std::to_string(seed))
    throw Error(fmt::format("{}: was made with the seed {}", path, start.file.metadata.at("seed")),
                "give the same --seed to go on with it");
}

/// The gradients of a batch: every worker computes those of its share, then they are averaged in a
/// fixed order. A step's randomness depends on the seed and the step alone.
Gradients batch_gradients(EventsTask& task, const TrainOptions& options, const EventsRecipe& recipe,
                          long long step, double progress) {
  const int workers = std::max(1, std::min(options.threads, recipe.batch));
  std::vector<Gradients> shares(static_cast<std::size_t>(workers));
  std::vector<std::exception_ptr> failures(shares.size());
  const auto work = [&](int worker) {
    try {
      const int count = recipe.batch / workers + (worker < recipe.batch % workers ? 1 : 0);
      std::seed_seq seed{static_cast<std::uint64_t>(options.seed), static_cast<std::uint64_t>(step),
                         static_cast<std::uint64_t>(worker)};
      std::mt19937_64 random(seed);
      shares[static_cast<std::size_t>(worker)] = task.gradients(random, count, progress);
    } catch (...) {
      failures[static_cast<std::size_t>(worker)] = std::current_exception();
    }
  };
  std::vector<std::thread> threads;
  for (int worker = 1; worker < workers; ++worker) threads.emplace_back(work, worker);
  work(0);
  for (std::thread& thread : threads) thread.join();
  for (const std::exception_ptr& failure : failures)
    if (failure) std::rethrow_exception(failure);

  torch::NoGradGuard no_grad;
  Gradients all = std::move(shares[0]);
  const auto add = [](models::NamedTensors& sum, const models::NamedTensors& more) {
    for (auto& [name, value] : sum) {
      const torch::Tensor& other = more.at(name);
      if (!other.defined()) continue;
      value = value.defined() ? value + other : other;
    }
  };
  for (std::size_t i = 1; i < shares.size(); ++i) {
    add(all.model, shares[i].model);
    add(all.critic, shares[i].critic);
    for (auto& [name, value] : all.figures) value += shares[i].figures.at(name);
  }
  for (auto* tensors : {&all.model, &all.critic})
    for (auto& item : *tensors)
      if (item.second.defined()) item.second = item.second / workers;
  for (auto& item : all.figures) item.second /= workers;
  return all;
}

/// Appends lines "step seconds name value" to a TSV that other programs plot.
class Log {
 public:
  Log(const std::string& path, bool resumed) : file_(path, resumed ? std::ios::app : std::ios::trunc) {
    if (!file_) throw Error(fmt::format("{}: cannot be written", path), "does the folder exist?");
    if (!resumed) file_ << "step\tseconds\tname\tvalue\n";
  }
  void write(long long step, double seconds, const Figures& figures) {
    for (const auto& [name, value] : figures)
      fmt::print(file_, "{}\t{:.1f}\t{}\t{:.5g}\n", step, seconds, name, value);
    file_.flush();
  }

 private:
  std::ofstream file_;
};

}  // namespace

void train_events(const TrainOptions& options, const std::function<bool()>& stop_requested,
                  std::ostream& words) {
  Configuration configuration = read_configuration(options.config_path);
  const bool resuming = !options.resume_path.empty();
  const std::string start_path = resuming ? options.resume_path : options.init_path;
  std::optional<events::StoredTensors> start;
  if (!start_path.empty()) {
    start = events::read_tensor_file(start_path, "name the file of an earlier training");
    check_start(start_path, *start, resuming, options.seed);
    configuration.model = start->config();
    if (resuming && options.config_path.empty())
      configuration.recipe = json::parse(start->file.metadata.at("recipe")).get<EventsRecipe>();
  }
  EventsRecipe& recipe = configuration.recipe;
  if (options.steps > 0) recipe.steps = options.steps;
  models::check(configuration.model);
  check(recipe);

  keep_freed_memory();
  use_one_thread_per_caller();  // workers are the parallelism
  torch::manual_seed(options.seed);
  const torch::Device device = dsp::usable_device(options.device);
  Log log(options.log_path.empty() ? options.out_path + ".tsv" : options.log_path, resuming);
  Run run(options, configuration, device);

  const auto loading = Clock::now();
  const Dataset data(options.data_dir, configuration.model.bands.sample_rate_hz, stop_requested, words);
  fmt::print(words, "{:.2f} h to train on, {:.2f} h held out, read in {:.0f} s\n", data.training_hours(),
             data.validation_hours(), std::chrono::duration<double>(Clock::now() - loading).count());
  EventsTask task(run.model(), run.critic(), recipe, data);
  if (resuming) {
    run.load_checkpoint(start->file);
  } else if (start) {
    const bool is_checkpoint = start->format() == events::kCheckpointFormat;
    run.model().load(fetch(start->file, is_checkpoint ? "average." : "", device));
  } else {
    std::mt19937_64 random(options.seed);
    task.start_from_data(random);
  }
  if (!resuming) run.restart_average();

  const std::string checkpoint = options.out_path + ".checkpoint";
  const auto began = Clock::now();
  const auto seconds = [&began] { return std::chrono::duration<double>(Clock::now() - began).count(); };
  const long long first_step = run.step();
  bool stopped = false;
  while (run.step() < recipe.steps && !stopped) {
    const double progress = static_cast<double>(run.step()) / static_cast<double>(recipe.steps);
    const Gradients g = batch_gradients(task, options, recipe, run.step(), progress);
    const double norm = run.update(g, progress);
    Figures figures = g.figures;
    figures["gradient_norm"] = norm;
    if (run.step() % 20 == 0) log.write(run.step(), seconds(), figures);
    if (options.progress) {
      const double per_step = seconds() / static_cast<double>(run.step() - first_step);
      fmt::print(
          words,
          "\rstep {}/{}  loss {:.3f}  fine {:.2f} dB  coarse {:.2f} dB  {:.2f} s/step  {:.0f} min left ",
          run.step(), recipe.steps, figures["loss"], figures["fine_db"], figures["coarse_db"], per_step,
          per_step * static_cast<double>(recipe.steps - run.step()) / 60.0);
      words.flush();
    }
    stopped = stop_requested() || (options.hours > 0.0 && seconds() > options.hours * 3600.0);
    const bool last = stopped || run.step() == recipe.steps;
    if (last || run.step() % recipe.validate_every == 0) {
      const Figures validation = run.with_average([&] { return task.validate(); });
      log.write(run.step(), seconds(), validation);
      fmt::print(words, "{}step {}: held out {:.2f} dB fine, {:.2f} dB coarse; refined {:.2f}, {:.2f}\n",
                 options.progress ? "\r" : "", run.step(), validation.at("val_fine_db"),
                 validation.at("val_coarse_db"), validation.at("val_refined_fine_db"),
                 validation.at("val_refined_coarse_db"));
      words.flush();
    }
    if (last || run.step() % recipe.checkpoint_every == 0) {
      run.save_checkpoint(checkpoint);
      run.save_weights(options.out_path);
    }
  }
  fmt::print(words, "{} after {} steps, {:.0f} min: {}\n", stopped ? "stopped" : "done", run.step(),
             seconds() / 60.0, options.out_path);
}

}  // namespace ictus::train
