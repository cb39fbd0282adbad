#include "lib/train/tokenizer_task.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "lib/train/sound_changes.hpp"
#include "models/mars/image.hpp"

namespace ictus::train {
namespace {

constexpr const char* kCodes = "quantiser.codes";

torch::Tensor on(const torch::Device& device, const std::vector<float>& samples) {
  return torch::tensor(samples).unsqueeze(0).to(device);
}

}  // namespace

void check(const TokenizerRecipe& r) {
  check(static_cast<const Schedule&>(r));
  require_recipe(r.network_rate >= 0 && r.code_rate >= 0, "learning rates must not be negative");
  require_recipe(r.bins_weight >= 0 && r.square_weight >= 0 && r.bands_weight >= 0 &&
                     r.loudness_weight >= 0 && r.code_weight >= 0 && r.commitment_weight >= 0,
                 "weights must not be negative");
  require_recipe(r.dropout_share >= 0 && r.dropout_share <= 1, "dropout_share must be from 0 to 1");
  require_recipe(r.dropout_scales >= 1, "dropout_scales must be 1 or more");
  require_recipe(r.short_share >= 0 && r.short_share <= 1, "short_share must be from 0 to 1");
  require_recipe(r.revive_after >= 1, "revive_after must be 1 or more");
  require_recipe(r.floor_low_db <= r.floor_high_db, "floor_low_db must not be above floor_high_db");
}

TokenizerTask::TokenizerTask(const models::TokenizerConfig& config, const TokenizerRecipe& recipe,
                             const Sound& sound, const torch::Device& device)
    : model_(config, device),
      distance_(config, device),
      recipe_(recipe),
      data_(sound.folder, config.sample_rate_hz, sound.stop_requested, sound.words),
      idle_steps_(torch::zeros({config.codebook_size}, torch::TensorOptions().device(device))) {}

double TokenizerTask::learning_rate(const std::string& parameter) const {
  return parameter == kCodes ? recipe_.code_rate : recipe_.network_rate;
}

std::string TokenizerTask::step_words(const Figures& figures) const {
  return fmt::format("loss {:.3f}  bins {:.2f} dB  bands {:.2f} dB", figures.at("loss"),
                     figures.at("bins_db"), figures.at("bands_db"));
}

std::string TokenizerTask::validation_words(const Figures& figures) const {
  return fmt::format(
      "held out {:.2f} dB bins, {:.2f} dB bands, {:.2f} dB loudness, {:.0f} % of the codes in use",
      figures.at("val_bins_db"), figures.at("val_bands_db"), figures.at("val_loudness_db"),
      100.0 * figures.at("val_codes"));
}

std::size_t TokenizerTask::excerpt_samples() const {
  // Half a window of margin before the first frame's centre and after the last one's.
  const auto& c = model_.config;
  return static_cast<std::size_t>((c.clip_frames - 1) * c.hop_samples + c.window_samples);
}

torch::Tensor TokenizerTask::images_of(const torch::Tensor& samples) const {
  const torch::Tensor magnitude = models::magnitudes(samples, model_.config);  // [B, bins, T]
  const torch::Tensor level = magnitude.amax({1, 2}, /*keepdim=*/true).clamp_min(1e-6);
  return models::image_of(magnitude / level, model_.config);
}

torch::Tensor TokenizerTask::training_excerpt(std::mt19937_64& random) const {
  const Augmentation changes{.shifted_share = recipe_.shifted_share,
                             .varispeed_share = recipe_.varispeed_share,
                             .mixed_share = recipe_.mixed_share,
                             .tilted_share = recipe_.tilted_share,
                             .floor_share = recipe_.floor_share,
                             .floor_low_db = recipe_.floor_low_db,
                             .floor_high_db = recipe_.floor_high_db,
                             .rumble_share = recipe_.rumble_share};
  return on(model_.device, data_.training_excerpt(random, excerpt_samples(), changes));
}

std::int64_t TokenizerTask::kept_scales(std::mt19937_64& random) const {
  const auto scales = static_cast<std::int64_t>(model_.config.scales.size());
  const std::int64_t fewest = std::min<std::int64_t>(recipe_.dropout_scales, scales);
  if (!chance(random, recipe_.dropout_share)) return scales;
  return std::uniform_int_distribution<std::int64_t>(fewest, scales)(random);
}

TokenizerTask::Excerpts TokenizerTask::excerpts_of(const Share& share) const {
  torch::NoGradGuard no_grad;
  std::vector<torch::Tensor> excerpts;
  std::vector<std::int64_t> keep;
  for (int place = 0; place < share.batch; ++place) {
    std::mt19937_64 random = share.random_at(place);
    keep.push_back(kept_scales(random));
    const bool is_own = place >= share.first && place < share.first + share.count;
    if (is_own) excerpts.push_back(training_excerpt(random));
  }
  Excerpts out;
  out.images = images_of(torch::cat(excerpts));
  out.keep_of_batch = torch::tensor(keep).to(model_.device);
  out.keep = out.keep_of_batch.narrow(0, share.first, share.count);
  std::mt19937_64 of_step = share.random_of_step();
  if (!chance(of_step, recipe_.short_share)) return out;
  const auto& c = model_.config;
  const std::int64_t columns = std::uniform_int_distribution<std::int64_t>(
      1, std::max<std::int64_t>(1, c.latent_columns() - 1))(of_step);
  out.images = out.images.narrow(3, 0, columns * c.column_frames()).contiguous();
  return out;
}

Gradients TokenizerTask::gradients(const Share& share) {
  const auto& c = model_.config;
  const auto& [image, keep, keep_of_batch] = excerpts_of(share);
  const torch::Tensor latent = model_.encoder->forward(image);
  const models::Quantised quantised = model_.quantiser->quantise(latent, keep, keep_of_batch);
  // Straight through: the encoder learns as if nothing had been quantised, the codes as what was decoded.
  const torch::Tensor decoded = model_.decoder->forward(quantised.sum + (latent - latent.detach()));

  Gradients out;
  const torch::Tensor bins = distance_.bins_db(image, decoded);
  const torch::Tensor bands = distance_.bands_db(image, decoded);
  // Of each excerpt by itself: its weights are no part of another's.
  torch::Tensor loudness = torch::zeros({}, image.options());
  for (int i = 0; i < share.count; ++i)
    loudness = loudness + distance_.loudness_db(image.narrow(0, i, 1), decoded.narrow(0, i, 1)) / share.count;
  const double image_per_db = 2.0 / c.range_db;
  const torch::Tensor reconstruction =
      image_per_db *
          (recipe_.bins_weight * bins + recipe_.bands_weight * bands + recipe_.loudness_weight * loudness) +
      recipe_.square_weight * (image - decoded).square().mean();
  const torch::Tensor loss = reconstruction + recipe_.code_weight * quantised.code_loss +
                             recipe_.commitment_weight * quantised.commitment;

  out.model = gradients_of(loss, model_.parameters());
  torch::Tensor hits = torch::zeros({c.codebook_size}, idle_steps_.options());
  for (const torch::Tensor& tokens : quantised.tokens)
    hits = hits + torch::bincount(tokens.reshape({-1}), {}, c.codebook_size);
  out.tallies["hits"] = hits;
  out.figures["loss"] = loss.item<double>();
  out.figures["bins_db"] = bins.item<double>();
  out.figures["bands_db"] = bands.item<double>();
  out.figures["loudness_db"] = loudness.item<double>();
  out.figures["code_loss"] = quantised.code_loss.item<double>();
  return out;
}

torch::Tensor TokenizerTask::sample_vectors(std::mt19937_64& random, std::int64_t count) {
  torch::NoGradGuard no_grad;
  std::vector<torch::Tensor> some;
  std::int64_t found = 0;
  while (found < count) {
    std::vector<torch::Tensor> excerpts;
    for (int i = 0; i < 4; ++i) excerpts.push_back(training_excerpt(random));
    const torch::Tensor images = images_of(torch::cat(excerpts));
    some.push_back(model_.quantiser->searched_vectors(model_.encoder->forward(images)));
    found += some.back().size(0);
  }
  const torch::Tensor all = torch::cat(some);
  std::vector<std::int64_t> places(static_cast<std::size_t>(all.size(0)));
  std::iota(places.begin(), places.end(), 0);
  std::shuffle(places.begin(), places.end(), random);  // none twice: of two codes that are alike one is idle
  return all.index_select(0, torch::tensor(places).narrow(0, 0, count).to(all.device()));
}

void TokenizerTask::start_from_data(std::mt19937_64& random) {
  torch::NoGradGuard no_grad;
  torch::Tensor& codes = model_.quantiser->codes();
  codes.copy_(sample_vectors(random, codes.size(0)));
}

models::NamedTensors TokenizerTask::after_step(const models::NamedTensors& tallies, std::mt19937_64& random,
                                               double progress) {
  torch::NoGradGuard no_grad;
  idle_steps_.add_(1.0).masked_fill_(tallies.at("hits").gt(0.0), 0.0);
  if (progress > recipe_.revive_until) return {};
  const torch::Tensor idle = idle_steps_.ge(static_cast<double>(recipe_.revive_after)).nonzero().flatten();
  // A few at a time would cost an encoding each step.
  if (idle.size(0) < std::max(1, model_.config.codebook_size / 100)) return {};
  model_.quantiser->codes().index_copy_(0, idle, sample_vectors(random, idle.size(0)));
  idle_steps_.index_fill_(0, idle, 0.0);
  return {{kCodes, idle}};
}

Figures TokenizerTask::validate() {
  torch::NoGradGuard no_grad;
  const auto& c = model_.config;
  Figures sums;
  torch::Tensor hits = torch::zeros({c.codebook_size}, idle_steps_.options());
  for (int i = 0; i < recipe_.validation_excerpts; ++i) {
    const std::vector<float> excerpt =
        data_.validation_excerpt(static_cast<std::size_t>(i), excerpt_samples());
    const torch::Tensor image = images_of(on(model_.device, excerpt));
    const models::Quantised quantised = model_.quantiser->quantise(model_.encoder->forward(image));
    const torch::Tensor decoded = model_.decoder->forward(quantised.sum);
    sums["val_bins_db"] += distance_.bins_db(image, decoded.clamp(-1.0, 1.0)).item<double>();
    sums["val_bands_db"] += distance_.bands_db(image, decoded).item<double>();
    sums["val_loudness_db"] += distance_.loudness_db(image, decoded).item<double>();
    for (const torch::Tensor& tokens : quantised.tokens)
      hits = hits + torch::bincount(tokens.reshape({-1}), {}, c.codebook_size);
  }
  for (auto& item : sums) item.second /= recipe_.validation_excerpts;
  sums["val_codes"] = hits.gt(0.0).to(torch::kFloat).mean().item<double>();
  return sums;
}

}  // namespace ictus::train
