#include "lib/train/train.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <malloc.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "formats/safetensors.hpp"
#include "lib/core/error.hpp"
#include "lib/events/tensors.hpp"
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

std::vector<std::byte> read_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(fmt::format("{}: cannot be opened", path));
  const std::vector<char> chars((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const auto* first = reinterpret_cast<const std::byte*>(chars.data());
  return {first, first + chars.size()};
}

/// Writes beside the target and renames, so that a run cut off never leaves half a file.
void write_atomically(const std::string& path, const formats::TensorFile& file) {
  const std::vector<std::byte> bytes = formats::serialise_safetensors(file);
  const std::string part = path + ".part";
  {
    std::ofstream out(part, std::ios::binary);
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    out.flush();
    if (!out)
      throw Error(fmt::format("{}: cannot be written", part), "is the disk full, or the folder missing?");
  }
  std::filesystem::rename(part, path);
}

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

models::NamedTensors parameters_of(const models::EventDiscriminator& critic) {
  models::NamedTensors all;
  for (const auto& item : critic->named_parameters()) all[item.key()] = item.value();
  return all;
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
        critic_adam_((critic_->to(device), parameters_of(critic_)), 0.5, 0.9) {
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
        r.last_rate + (1.0 - r.last_rate) * 0.5 * (1.0 + std::cos(3.141592653589793 * progress));
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
    file.metadata["format"] = "ictus-event-model";
    file.metadata["version"] = "1";
    file.metadata["id"] = configuration_.model.id;
    file.metadata["config"] = json(configuration_.model).dump();
    file.metadata["recipe"] = json(configuration_.recipe).dump();
    file.metadata["steps"] = std::to_string(step_);
    store(file, "", average_, formats::DType::f16);
    write_atomically(path, file);
  }

  void save_checkpoint(const std::string& path) const {
    formats::TensorFile file;
    file.metadata["format"] = "ictus-event-checkpoint";
    file.metadata["version"] = "1";
    file.metadata["config"] = json(configuration_.model).dump();
    file.metadata["recipe"] = json(configuration_.recipe).dump();
    file.metadata["step"] = std::to_string(step_);
    file.metadata["seed"] = std::to_string(options_.seed);
    store(file, "model.", model_.parameters(), formats::DType::f32);
    store(file, "average.", average_, formats::DType::f32);
    store(file, "adam.", adam_.state(), formats::DType::f32);
    store(file, "critic.", parameters_of(critic_), formats::DType::f32);
    store(file, "critic_adam.", critic_adam_.state(), formats::DType::f32);
    write_atomically(path, file);
  }

  void load_checkpoint(const formats::TensorFile& file) {
    torch::NoGradGuard no_grad;
    const torch::Device device = model_.device;
    model_.load(fetch(file, "model.", device));
    for (auto& [name, value] : fetch(file, "average.", device)) average_.at(name).copy_(value);
    step_ = std::stoll(file.metadata.at("step"));
    adam_.load_state(fetch(file, "adam.", device), step_);
    const models::NamedTensors critic = fetch(file, "critic.", device);
    for (auto& [name, value] : parameters_of(critic_)) value.copy_(critic.at(name));
    critic_adam_.load_state(fetch(file, "critic_adam.", device), step_);
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
  std::optional<formats::TensorFile> start;
  const std::string start_path = options.resume_path.empty() ? options.init_path : options.resume_path;
  if (!start_path.empty()) start = formats::parse_safetensors(read_bytes(start_path), start_path);

  Configuration configuration = read_configuration(options.config_path);
  const bool resuming = !options.resume_path.empty();
  if (start) {
    const bool is_checkpoint = start->metadata["format"] == "ictus-event-checkpoint";
    if (resuming && !is_checkpoint)
      throw Error(fmt::format("{}: not a training checkpoint", start_path),
                  "checkpoints end in '.checkpoint'; to start from finished weights use --init");
    configuration.model = json::parse(start->metadata.at("config")).get<models::EventModelConfig>();
    if (resuming && options.config_path.empty())
      configuration.recipe = json::parse(start->metadata.at("recipe")).get<EventsRecipe>();
    if (resuming && start->metadata["seed"] != std::to_string(options.seed))
      throw Error(fmt::format("{}: was made with the seed {}", start_path, start->metadata["seed"]),
                  "give the same --seed to go on with it");
  }
  EventsRecipe& recipe = configuration.recipe;
  if (options.steps > 0) recipe.steps = options.steps;

  keep_freed_memory();
  use_one_thread_per_caller();  // workers are the parallelism
  torch::manual_seed(options.seed);
  const torch::Device device = device_from_name(options.device);
  Log log(options.log_path.empty() ? options.out_path + ".tsv" : options.log_path, resuming);
  Run run(options, configuration, device);

  const auto loading = Clock::now();
  const Dataset data(options.data_dir, configuration.model.bands.sample_rate_hz, stop_requested, words);
  fmt::print(words, "{:.2f} h to train on, {:.2f} h held out, read in {:.0f} s\n", data.training_hours(),
             data.validation_hours(), std::chrono::duration<double>(Clock::now() - loading).count());
  EventsTask task(run.model(), run.critic(), recipe, data);
  if (resuming) {
    run.load_checkpoint(*start);
  } else if (start) {
    const bool is_checkpoint = start->metadata["format"] == "ictus-event-checkpoint";
    run.model().load(fetch(*start, is_checkpoint ? "average." : "", device));
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
