#include "lib/train/judge_task.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <span>

#include "lib/core/error.hpp"
#include "lib/core/utf8.hpp"
#include "lib/core/workers.hpp"
#include "lib/mars/codec.hpp"
#include "lib/train/image_changes.hpp"
#include "lib/train/sound_changes.hpp"

namespace ictus::train {
namespace {

models::JudgeConfig checked(const models::JudgeConfig& config) {
  check(config);
  return config;
}

std::size_t below(std::mt19937_64& random, std::size_t count) {
  return std::uniform_int_distribution<std::size_t>(0, count - 1)(random);
}

/// A note from its beginning as `count` samples, `speed` times as fast, after `silence` samples of nothing.
std::vector<float> played(const std::vector<std::int16_t>& note, std::size_t count, double speed,
                          std::size_t silence) {
  std::vector<float> out(count, 0.0F);
  for (std::size_t i = silence; i < count; ++i) {
    const double at = static_cast<double>(i - silence) * speed;
    const auto index = static_cast<std::size_t>(at);
    if (index + 1 >= note.size()) break;
    const auto part = static_cast<float>(at - static_cast<double>(index));
    out[i] = ((1.0F - part) * note[index] + part * note[index + 1]) / 32768.0F;
  }
  return out;
}

/// A note as the tokenizer gives it back.
std::vector<std::int16_t> coded(const std::shared_ptr<const mars::LoadedTokenizer>& tokenizer,
                                const std::vector<std::int16_t>& note) {
  std::vector<std::int16_t> back;
  back.reserve(note.size());
  mars::Decoder decoder(tokenizer, {}, [&back](std::span<const float> samples) {
    for (const float v : samples)
      back.push_back(static_cast<std::int16_t>(std::lround(std::clamp(v, -1.0F, 1.0F) * 32767.0F)));
  });
  mars::Encoder encoder(tokenizer, {.effort = 0},
                        [&decoder](const formats::TokenClip& clip) { decoder.push(clip); });
  std::vector<float> samples;
  for (const std::int16_t v : note) samples.push_back(static_cast<float>(v) / 32768.0F);
  encoder.push(samples);
  encoder.finish();
  decoder.finish(note.size());
  return back;
}

}  // namespace

void check(const JudgeRecipe& r) {
  check(static_cast<const Schedule&>(r));
  require_recipe(r.rate >= 0, "learning rates must not be negative");
  require_recipe(r.label_smoothing >= 0 && r.label_smoothing < 1,
                 "label_smoothing must be from 0 to below 1");
  require_recipe(r.dropout >= 0 && r.dropout < 1, "dropout must be from 0 to below 1");
  require_recipe(r.semitones >= 0 && r.semitones <= 12, "semitones must be from 0 to 12");
  require_recipe(r.detune_cents >= 0 && r.detune_cents <= 50, "detune_cents must be from 0 to 50");
  require_recipe(r.equaliser_db >= 0 && r.equaliser_db <= 60, "equaliser_db must be from 0 to 60");
  require_recipe(r.shift_s >= 0, "shift_s must not be negative");
  require_recipe(r.coded_share >= 0 && r.coded_share <= 1, "coded_share must be from 0 to 1");
  require_recipe(r.floor_low_db <= r.floor_high_db, "floor_low_db must not be above floor_high_db");
}

JudgeTask::JudgeTask(const models::JudgeConfig& config, const JudgeRecipe& recipe,
                     const std::shared_ptr<const mars::LoadedTokenizer>& tokenizer, const Sound& sound,
                     const torch::Device& device, int threads)
    : config_(checked(config)), recipe_(recipe), device_(device), image_(config_, device), network_(config_) {
  network_->to(device);
  notes::NoteFolder found = notes::read_notes(sound.folder, config_.sample_rate_hz, config_.families,
                                              sound.stop_requested, sound.words);
  if (!found.unlabelled.empty())
    sound.words << fmt::format("left out: {} files whose names do not say what they are, such as {}\n",
                               found.unlabelled.size(), printable(found.unlabelled.front()));
  if (!sound.stop_requested()) notes::require_sources(sound.folder, found.notes, recipe_.held_out_sources);
  for (notes::LabelledNote& note : found.notes) {
    if (!config_.class_of(note.label.family, note.label.pitch)) continue;
    (notes::held_out(note, recipe_.held_out_sources) ? validation_ : training_).push_back(std::move(note));
  }
  if (training_.empty())
    throw Error(
        fmt::format("{}: no note for a judge to learn from", sound.folder),
        fmt::format("names must say what the notes are, FAMILY_SOURCE_INSTRUMENT-PITCH-VELOCITY as in "
                    "flute_mine_001-069-100.wav; the families are {}",
                    fmt::join(config_.families, ", ")));
  if (validation_.empty()) validation_.push_back(training_.back());
  if (tokenizer) add_coded_copies(tokenizer, sound, threads);

  std::map<std::string, std::map<std::string, std::vector<std::size_t>>> sorted;
  for (std::size_t i = 0; i < training_.size(); ++i)
    sorted[training_[i].label.family][training_[i].source].push_back(i);
  for (auto& [family, sources] : sorted) {
    Places& places = families_.emplace_back();
    for (auto& [source, own] : sources) {
      places.chances.push_back(std::sqrt(static_cast<double>(own.size())));
      places.of_source.push_back(std::move(own));
    }
  }
}

void JudgeTask::add_coded_copies(const std::shared_ptr<const mars::LoadedTokenizer>& tokenizer,
                                 const Sound& sound, int threads) {
  if (mars::sample_rate_hz(*tokenizer) != config_.sample_rate_hz) return;
  std::mt19937_64 random(1);  // always the same notes
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < training_.size(); ++i)
    if (chance(random, recipe_.coded_share)) chosen.push_back(i);
  Notes copies(chosen.size());
  const auto workers = static_cast<std::size_t>(std::max(1, threads));
  run_workers(workers, [&](std::size_t worker) {
    for (std::size_t i = worker; i < chosen.size() && !sound.stop_requested(); i += workers) {
      const notes::LabelledNote& note = training_[chosen[i]];
      copies[i] = {note.name, note.label, note.source, coded(tokenizer, note.samples)};
    }
  });
  for (notes::LabelledNote& copy : copies)
    if (!copy.samples.empty()) training_.push_back(std::move(copy));
}

models::NamedTensors JudgeTask::parameters() const { return models::named_parameters(*network_); }

double JudgeTask::hours(const Notes& notes) const {
  double samples = 0.0;
  for (const notes::LabelledNote& note : notes) samples += static_cast<double>(note.samples.size());
  return samples / config_.sample_rate_hz / 3600.0;
}

std::int64_t JudgeTask::answer_to(const formats::NoteLabel& label) const {
  return static_cast<std::int64_t>(*config_.class_of(label.family, label.pitch));
}

std::string JudgeTask::step_words(const Figures& figures) const {
  return fmt::format("loss {:.3f}", figures.at("loss"));
}

std::string JudgeTask::validation_words(const Figures& figures) const {
  return fmt::format("held out {:.1f} % right, loss {:.3f}", 100.0 * figures.at("val_accuracy"),
                     figures.at("val_loss"));
}

const notes::LabelledNote& JudgeTask::draw(std::mt19937_64& random) const {
  const Places& family = families_[below(random, families_.size())];
  std::discrete_distribution<std::size_t> any(family.chances.begin(), family.chances.end());
  const std::vector<std::size_t>& source = family.of_source[any(random)];
  return training_[source[below(random, source.size())]];
}

JudgeTask::Example JudgeTask::example(std::mt19937_64& random) const {
  const notes::LabelledNote& note = draw(random);
  formats::NoteLabel label = note.label;
  int semitones = std::uniform_int_distribution<int>(-recipe_.semitones, recipe_.semitones)(random);
  if (!config_.class_of(label.family, label.pitch + semitones)) semitones = 0;
  label.pitch = static_cast<std::uint8_t>(std::clamp(label.pitch + semitones, 0, 127));
  const double cents = uniform(random, -recipe_.detune_cents, recipe_.detune_cents);
  const double silence_s =
      chance(random, recipe_.shifted_share) ? uniform(random, 0.0, recipe_.shift_s) : 0.0;
  const int rate_hz = config_.sample_rate_hz;
  std::vector<float> x = played(note.samples, static_cast<std::size_t>(config_.clip_samples),
                                std::pow(2.0, (semitones + cents / 100.0) / 12.0),
                                static_cast<std::size_t>(silence_s * rate_hz));

  const auto logarithmic = [&random](double low, double high) {
    return low * std::pow(high / low, uniform(random, 0.0, 1.0));
  };
  const double clip_s = static_cast<double>(config_.clip_samples) / rate_hz;
  if (chance(random, recipe_.released_share))
    release(x, silence_s + uniform(random, 0.1, 1.0) * (clip_s - silence_s), logarithmic(0.03, 1.0), rate_hz);
  if (chance(random, recipe_.tilted_share)) tilt(x, random, rate_hz, recipe_.tilt_db);
  if (chance(random, recipe_.low_pass_share)) low_pass(x, logarithmic(0.06, 0.4) * rate_hz, rate_hz);
  if (chance(random, recipe_.high_pass_share)) high_pass(x, logarithmic(20.0, 300.0), rate_hz);
  if (chance(random, recipe_.room_share))
    add_room(x, random, logarithmic(0.2, 1.5), std::pow(10.0, uniform(random, -30.0, -8.0) / 20.0), rate_hz);
  if (chance(random, recipe_.floor_share))
    add_noise_floor(x, random,
                    std::sqrt(power(x)) *
                        std::pow(10.0, uniform(random, recipe_.floor_low_db, recipe_.floor_high_db) / 20.0));
  return {std::move(x), answer_to(label)};
}

torch::Tensor JudgeTask::on_device(const std::vector<std::vector<float>>& clips) const {
  torch::Tensor all = torch::zeros({static_cast<std::int64_t>(clips.size()), config_.clip_samples});
  for (std::size_t i = 0; i < clips.size(); ++i) {
    const std::size_t count = std::min(clips[i].size(), static_cast<std::size_t>(config_.clip_samples));
    std::copy_n(clips[i].begin(), count, all[static_cast<std::int64_t>(i)].data_ptr<float>());
  }
  return all.to(device_);
}

torch::Tensor JudgeTask::spoiled(const torch::Tensor& images, std::vector<std::mt19937_64>& randoms) const {
  std::vector<torch::Tensor> all;
  for (std::int64_t i = 0; i < images.size(0); ++i) {
    std::mt19937_64& random = randoms[static_cast<std::size_t>(i)];
    torch::Tensor image = images.narrow(0, i, 1);
    if (chance(random, recipe_.equalised_share))
      image = equalised(image, random, {config_.bands_per_octave, config_.range_db, recipe_.equaliser_db});
    if (chance(random, recipe_.blurred_share)) {
      const std::int64_t across = chance(random, 0.5) ? 1 : 3;
      const std::int64_t along = 1 + 2 * static_cast<std::int64_t>(below(random, 4));
      image = torch::avg_pool2d(image, {across, along}, {1, 1}, {across / 2, along / 2},
                                /*ceil_mode=*/false, /*count_include_pad=*/false);
    }
    if (chance(random, recipe_.masked_share)) {
      image = image.clone();
      for (const std::int64_t dimension : {2, 3}) {
        const std::int64_t size = image.size(dimension);
        for (std::size_t masks = below(random, 3); masks > 0; --masks) {
          const auto width = 1 + static_cast<std::int64_t>(below(
                                     random, static_cast<std::size_t>(std::max<std::int64_t>(1, size / 10))));
          const auto start =
              static_cast<std::int64_t>(below(random, static_cast<std::size_t>(size - width + 1)));
          image.narrow(dimension, start, width).fill_(-1.0);
        }
      }
    }
    all.push_back(image);
  }
  return torch::cat(all);
}

torch::Tensor JudgeTask::kept_features(std::span<std::mt19937_64> randoms, std::int64_t features) const {
  std::vector<torch::Tensor> kept;
  for (std::mt19937_64& random : randoms) {
    auto dice = at::make_generator<at::CPUGeneratorImpl>(random());  // torch's own is shared by the workers
    kept.push_back(torch::rand({features}, dice).ge(recipe_.dropout).to(torch::kFloat));
  }
  return torch::stack(kept).to(device_) / (1.0 - recipe_.dropout);
}

Gradients JudgeTask::gradients(const Share& share) {
  const auto classes = static_cast<std::int64_t>(config_.classes().size());
  // Each may be mixed with the one before it, so that the one before the first comes along.
  std::vector<std::mt19937_64> randoms;
  std::vector<std::vector<float>> clips;
  torch::Tensor right =
      torch::full({share.count + 1, classes}, recipe_.label_smoothing / static_cast<double>(classes));
  torch::Tensor own = torch::ones({share.count});
  torch::Tensor images;
  {
    torch::NoGradGuard no_grad;
    for (int i = 0; i <= share.count; ++i) {
      randoms.push_back(share.random_at(share.first + i - 1));
      Example one = example(randoms.back());
      clips.push_back(std::move(one.samples));
      right[i][one.answer] += 1.0 - recipe_.label_smoothing;
    }
    images = spoiled(image_.of(on_device(clips)), randoms);  // [count + 1, 1, bands, frames]
    for (int i = 0; i < share.count; ++i) {
      std::mt19937_64& random = randoms[static_cast<std::size_t>(i) + 1];
      if (chance(random, recipe_.mixed_share)) own[i] = uniform(random, 0.5, 1.0);
    }
    const auto mixed = [&](const torch::Tensor& all, const torch::Tensor& part) {
      return part * all.narrow(0, 1, share.count) + (1.0 - part) * all.narrow(0, 0, share.count);
    };
    right = mixed(right, own.unsqueeze(1)).to(device_);
    images = mixed(images, own.view({share.count, 1, 1, 1}).to(device_));
  }
  torch::Tensor features = network_->features(images);
  if (recipe_.dropout > 0.0)
    features = features * kept_features(std::span(randoms).subspan(1), features.size(1));
  const torch::Tensor loss =
      -(right * torch::log_softmax(network_->answer(features).logits, 1)).sum(1).mean();
  return gradients_by(loss, parameters(), "loss");
}

Figures JudgeTask::validate() {
  torch::NoGradGuard no_grad;
  const auto count = std::min(validation_.size(), static_cast<std::size_t>(recipe_.validation_excerpts));
  Figures sums = {{"val_accuracy", 0.0}, {"val_loss", 0.0}};
  for (std::size_t i = 0; i < count; ++i) {
    // Spread over the folder, where one family follows the other.
    const notes::LabelledNote& note = validation_[i * validation_.size() / count];
    const torch::Tensor clip =
        on_device({played(note.samples, static_cast<std::size_t>(config_.clip_samples), 1.0, 0)});
    const torch::Tensor scores =
        torch::log_softmax(network_->answer(network_->features(image_.of(clip))).logits, 1)[0];
    const std::int64_t answer = answer_to(note.label);
    sums["val_accuracy"] += scores.argmax().item<std::int64_t>() == answer ? 1.0 : 0.0;
    sums["val_loss"] -= scores[answer].item<double>();
  }
  for (auto& item : sums) item.second /= static_cast<double>(count);
  return sums;
}

}  // namespace ictus::train
