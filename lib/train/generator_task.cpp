#include "lib/train/generator_task.hpp"

#include <ATen/CPUGeneratorImpl.h>
#include <fmt/format.h>
#include <fmt/ostream.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "lib/core/error.hpp"
#include "lib/core/pitch.hpp"
#include "lib/core/workers.hpp"
#include "lib/mars/generator_file.hpp"
#include "lib/mars/loaded_tokenizer.hpp"
#include "lib/train/sound_changes.hpp"
#include "models/mars/image.hpp"

namespace ictus::train {
namespace {

/// A steady sawtooth, square or sine, as long as a clip.
std::vector<std::int16_t> tone_of(const models::TokenizerConfig& config, int pitch, int tone) {
  const double frequency_hz = hz_of_key(pitch);
  std::vector<std::int16_t> samples(static_cast<std::size_t>(config.clip_samples()));
  const double step = 2.0 * std::numbers::pi * frequency_hz / config.sample_rate_hz;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    double sum = 0.0;
    for (int k = 1; k == 1 || k * frequency_hz < 0.47 * config.sample_rate_hz; k += tone == 1 ? 2 : 1) {
      sum += std::sin(step * k * static_cast<double>(i)) / k;
      if (tone == 2) break;
    }
    samples[i] = static_cast<std::int16_t>(std::lround(12000.0 * sum));
  }
  return samples;
}

/// The latent grid of a note's first clip, relative to its own level; a shorter note is followed by silence.
torch::Tensor latent_of(models::Tokenizer& tokenizer, const std::vector<std::int16_t>& samples) {
  const models::TokenizerConfig& c = tokenizer.config;
  const std::int64_t margin = c.window_samples / 2;
  const std::int64_t needed = (c.clip_frames - 1) * c.hop_samples + c.window_samples;
  torch::Tensor excerpt = torch::zeros({1, needed});
  auto* const to = excerpt.data_ptr<float>();
  const auto count = std::min<std::int64_t>(static_cast<std::int64_t>(samples.size()), needed - margin);
  for (std::int64_t i = 0; i < count; ++i) to[margin + i] = static_cast<float>(samples[i]) / 32768.0F;
  const torch::Tensor magnitude = models::magnitudes(excerpt.to(tokenizer.device), c);
  const torch::Tensor level = magnitude.max().clamp_min(1e-6);
  return tokenizer.encoder->forward(models::image_of(magnitude / level, c));
}

/// Its number; where it is none of the family's that the configuration lists: not said.
std::int64_t instrument_of(const models::GeneratorConfig& config, const notes::LabelledNote& note) {
  const std::string& name = note.label.instrument.empty() ? note.source : note.label.instrument;
  const auto found = config.instruments.find(name);
  if (found == config.instruments.end() || found->second != note.label.family)
    return static_cast<std::int64_t>(config.instruments.size());
  return std::distance(config.instruments.begin(), found);
}

}  // namespace

void check(const GeneratorRecipe& r) {
  check(static_cast<const Schedule&>(r));
  require_recipe(r.rate >= 0, "rate must not be negative");
  require_recipe(r.instrument_rate >= 0, "instrument_rate must not be negative");
  for (const double share : {r.label_dropout, r.velocity_dropout, r.family_dropout, r.instrument_dropout,
                             r.even_share, r.short_share, r.mistaken_share, r.mistakes})
    require_recipe(share >= 0 && share <= 1,
                   "label_dropout, velocity_dropout, family_dropout, instrument_dropout, even_share, "
                   "short_share, mistaken_share and "
                   "mistakes must be from 0 to 1");
  require_recipe(r.mistake_size >= 0, "mistake_size must not be negative");
}

models::GeneratorConfig generator_config(const mars::LoadedTokenizer& tokenizer) {
  const models::TokenizerConfig& theirs = tokenizer.model->config;
  models::GeneratorConfig config;
  config.tokenizer_id = theirs.id;
  config.tokenizer_hash = formats::hexadecimal(tokenizer.hash);
  config.sample_rate_hz = theirs.sample_rate_hz;
  config.code_size = theirs.code_size;
  config.codebook_size = theirs.codebook_size;
  config.scales = theirs.scales;
  return config;
}

GeneratorTask::GeneratorTask(const models::GeneratorConfig& config, const GeneratorRecipe& recipe,
                             std::shared_ptr<const mars::LoadedTokenizer> tokenizer, const Sound& sound,
                             const torch::Device& device, int threads)
    : config_(config),
      recipe_(recipe),
      tokenizer_(std::move(tokenizer)),
      device_(device),
      model_(config),
      of_family_(config.families.size()) {
  mars::require_tokenizer(config, *tokenizer_);
  model_->to(device);
  model_->use_bfloat16(recipe.bfloat16);

  const notes::NoteFolder folder = notes::read_notes(sound.folder, tokenizer_->model->config.sample_rate_hz,
                                                     config.families, sound.stop_requested, sound.words);
  if (!sound.stop_requested()) notes::require_sources(sound.folder, folder.notes, recipe.held_out_sources);
  if (!folder.unlabelled.empty())
    fmt::print(sound.words, "left out: {} files whose names hold no label, such as {}\n",
               folder.unlabelled.size(), folder.unlabelled.front());
  std::vector<const notes::LabelledNote*> used;
  for (const notes::LabelledNote& note : folder.notes)
    if (note.label.pitch >= config.lowest_pitch && note.label.pitch <= config.highest_pitch)
      used.push_back(&note);
  std::vector<Example> examples(used.size());
  const auto workers = static_cast<std::size_t>(std::max(1, threads));
  run_workers(workers, [&](std::size_t worker) {
    torch::NoGradGuard no_grad;
    for (std::size_t i = worker; i < used.size() && !sound.stop_requested(); i += workers) {
      const formats::NoteLabel& label = used[i]->label;
      examples[i] = {.latent = latent_of(*tokenizer_->model, used[i]->samples).to(torch::kHalf),
                     .family = config.number_of_family(label.family).value(),
                     .instrument = instrument_of(config, *used[i]),
                     .pitch = label.pitch - config.lowest_pitch,
                     .velocity = label.velocity};
    }
  });

  for (std::size_t i = 0; i < examples.size(); ++i) {
    if (!examples[i].latent.defined()) continue;  // stopped before its turn
    (notes::held_out(*used[i], recipe.held_out_sources) ? validation_ : training_)
        .push_back(std::move(examples[i]));
  }
  if (training_.empty())
    throw Error(
        fmt::format("{}: no note to learn from", sound.folder),
        fmt::format("names must say what notes are, as in flute_mine_001-069-100.wav; the families are {}, "
                    "the pitches {} to {}",
                    fmt::join(config.families, ", "), config.lowest_pitch, config.highest_pitch));
  if (validation_.empty()) validation_.push_back(training_.back());
  for (std::size_t i = 0; i < training_.size(); ++i) of_family_[training_[i].family].push_back(i);
  std::erase_if(of_family_, [](const auto& places) { return places.empty(); });

  token_weights_ = torch::empty({config.tokens()});
  for (std::size_t scale = 0; scale < config.scales.size(); ++scale) {
    const auto tokens = static_cast<double>(config.tokens_of(scale));
    token_weights_.narrow(0, config.first_token(scale), config.tokens_of(scale))
        .fill_(std::pow(tokens, recipe.scale_power - 1.0));
  }
  token_weights_ = (token_weights_ / token_weights_.sum()).to(device);
}

void GeneratorTask::start_from_data(std::mt19937_64& /*random*/) {
  torch::NoGradGuard no_grad;
  std::vector<torch::Tensor> latents;
  for (int pitch = config_.lowest_pitch; pitch <= config_.highest_pitch; ++pitch) {
    std::vector<torch::Tensor> tones;
    for (int tone = 0; tone < models::kTones; ++tone)
      tones.push_back(torch::adaptive_avg_pool2d(
                          latent_of(*tokenizer_->model, tone_of(tokenizer_->model->config, pitch, tone)),
                          {config_.scales.back()[0], 1})[0]
                          .squeeze(2)
                          .t());  // [rows, code size]
    latents.push_back(torch::cat(tones, 1));
  }
  model_->show_pitches(torch::stack(latents));
}

double GeneratorTask::hours_of(std::size_t notes) const {
  const models::TokenizerConfig& c = tokenizer_->model->config;
  return static_cast<double>(notes) * c.clip_samples() / c.sample_rate_hz / 3600.0;
}

models::NamedTensors GeneratorTask::parameters() const { return models::named_parameters(*model_); }

double GeneratorTask::learning_rate(const std::string& parameter) const {
  return parameter == "instrument.weight" ? recipe_.instrument_rate * recipe_.rate : recipe_.rate;
}

std::string GeneratorTask::step_words(const Figures& figures) const {
  return fmt::format("{:.3f} nats a token", figures.at("nats"));
}

std::string GeneratorTask::validation_words(const Figures& figures) const {
  std::string words = fmt::format("held out {:.3f} nats a token, of scales", figures.at("val_nats"));
  for (std::size_t scale = 0; scale < config_.scales.size(); ++scale)
    words += fmt::format(" {:.2f}", figures.at(fmt::format("val_nats_scale_{}", scale)));
  return words;
}

std::size_t GeneratorTask::draw(std::mt19937_64& random) const {
  const auto any = [&random](std::size_t count) {
    return std::uniform_int_distribution<std::size_t>(0, count - 1)(random);
  };
  if (!chance(random, recipe_.even_share)) return any(training_.size());
  const std::vector<std::size_t>& places = of_family_[any(of_family_.size())];
  return places[any(places.size())];
}

models::Labels GeneratorTask::labels_of(const std::vector<const Example*>& examples, Randoms& randoms) const {
  models::Labels labels(config_, static_cast<std::int64_t>(examples.size()));
  for (std::int64_t i = 0; i < labels.family.size(0); ++i) {
    const auto place = static_cast<std::size_t>(i);
    const Example& example = *examples[place];
    const auto said = [&](double dropout) { return randoms.empty() || !chance(randoms[place], dropout); };
    if (!said(recipe_.label_dropout)) continue;
    labels.pitch[i] = example.pitch;
    if (said(recipe_.velocity_dropout)) labels.velocity[i] = example.velocity;
    if (said(recipe_.family_dropout)) labels.family[i] = example.family;
    if (said(recipe_.instrument_dropout)) labels.instrument[i] = example.instrument;
  }
  return labels.to(device_);
}

/// Mistakes teach the finer scales to mend what coarser ones got wrong, as they will when sampled (Han, Liu,
/// Jiang, Yan, Zhang, Yuan, Peng and Liu, "Infinity" (2024), section 3.3, for tokens that are no bits).
GeneratorTask::Pyramids GeneratorTask::pyramids_of(const torch::Tensor& latent, std::size_t scales,
                                                   Randoms& randoms) {
  torch::NoGradGuard no_grad;
  models::QuantiserImpl& quantiser = *tokenizer_->model->quantiser;
  const std::int64_t batch = latent.size(0);
  torch::Tensor mistakes = torch::zeros({batch, 1, 1});  // part of the tokens
  std::vector<at::Generator> noises;                     // of each example
  for (std::mt19937_64& random : randoms) {
    if (chance(random, recipe_.mistaken_share))
      mistakes[static_cast<std::int64_t>(noises.size())] = uniform(random, 0.0, recipe_.mistakes);
    noises.push_back(at::make_generator<at::CPUGeneratorImpl>(random()));
  }
  models::PyramidSum sum(quantiser, batch, latent.size(1), latent.size(2), latent.size(3), device_);
  std::vector<torch::Tensor> sums, written, targets;
  for (std::size_t scale = 0; scale < scales; ++scale) {
    const auto& [rows, columns] = config_.scales[scale];
    if (scale > 0) sums.push_back(sum.at(rows, columns));
    const torch::Tensor looked_up = quantiser.averages(scale, latent - sum.whole());
    const torch::Tensor right = quantiser.nearest(looked_up);  // [B, rows, columns]
    torch::Tensor tokens = right;
    if (!randoms.empty()) {
      std::vector<torch::Tensor> normal, even;
      for (const at::Generator& noise : noises) {
        normal.push_back(torch::randn(looked_up.sizes().slice(1), noise, torch::TensorOptions()));
        even.push_back(torch::rand(right.sizes().slice(1), noise, torch::TensorOptions()));
      }
      const torch::Tensor shift = torch::stack(normal).to(device_) * looked_up.norm(2, 1, /*keepdim=*/true) /
                                  std::sqrt(static_cast<double>(config_.code_size));
      const torch::Tensor mistaken = torch::stack(even).lt(mistakes).to(device_);
      tokens = torch::where(mistaken, quantiser.nearest(looked_up + recipe_.mistake_size * shift), right);
    }
    sum.add(tokens);
    written.push_back(tokens.flatten(1));
    targets.push_back(right.flatten(1));
  }
  Pyramids out;
  out.sums =
      sums.empty() ? torch::zeros({batch, 0, config_.code_size}, latent.options()) : torch::cat(sums, 1);
  out.targets = torch::cat(targets, 1);
  if (config_.order == "tokens") {
    const torch::Tensor all = torch::cat(written, 1);  // [B, tokens]
    const std::int64_t count = all.size(1) - 1;
    out.before = quantiser.codes()
                     .index_select(0, all.narrow(1, 0, count).reshape({-1}))
                     .reshape({batch, count, config_.code_size});
  }
  return out;
}

torch::Tensor GeneratorTask::losses(const models::Labels& labels, const Pyramids& pyramids) {
  const torch::Tensor logits =
      model_->forward(model_->condition(labels), pyramids.sums, pyramids.before);  // [B, tokens, V]
  return -torch::log_softmax(logits, -1).gather(2, pyramids.targets.unsqueeze(2)).squeeze(2);
}

Gradients GeneratorTask::gradients(const Share& share) {
  Randoms randoms;
  std::vector<const Example*> examples;
  std::vector<torch::Tensor> latents;
  for (int i = 0; i < share.count; ++i) {
    randoms.push_back(share.random_at(share.first + i));
    examples.push_back(&training_[draw(randoms.back())]);
    latents.push_back(examples.back()->latent);
  }
  std::mt19937_64 of_step = share.random_of_step();
  const bool is_short = config_.scales.size() > 1 && chance(of_step, recipe_.short_share);
  const std::size_t scales = config_.scales.size() - (is_short ? 1 : 0);
  const Pyramids pyramids = pyramids_of(torch::cat(latents).to(torch::kFloat), scales, randoms);
  const torch::Tensor weights = token_weights_.narrow(0, 0, config_.first_token(scales));
  const torch::Tensor loss = (losses(labels_of(examples, randoms), pyramids) * weights).sum() /
                             (weights.sum() * static_cast<double>(share.count));
  return gradients_by(loss, parameters(), "nats");
}

Figures GeneratorTask::validate() {
  torch::NoGradGuard no_grad;
  const auto count =
      std::min<std::size_t>(validation_.size(), static_cast<std::size_t>(recipe_.validation_excerpts));
  torch::Tensor sum = torch::zeros({config_.tokens()}, torch::TensorOptions().device(device_));
  Randoms none;
  for (std::size_t i = 0; i < count; ++i) {
    // Evenly over what is held out.
    const Example& example = validation_[i * validation_.size() / count];
    sum = sum + losses(labels_of({&example}, none),
                       pyramids_of(example.latent.to(torch::kFloat), config_.scales.size(), none))[0];
  }
  sum = sum / static_cast<double>(count);
  Figures figures;
  figures["val_nats"] = sum.mean().item<double>();
  for (std::size_t scale = 0; scale < config_.scales.size(); ++scale)
    figures[fmt::format("val_nats_scale_{}", scale)] =
        sum.narrow(0, config_.first_token(scale), config_.tokens_of(scale)).mean().item<double>();
  return figures;
}

}  // namespace ictus::train
