#include "lib/train/events_task.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lib/core/error.hpp"
#include "lib/events/propose.hpp"
#include "lib/events/refine.hpp"
#include "models/events/distance.hpp"

namespace ictus::train {
namespace {

using models::Distance;
using models::PowerMaps;
using models::Proposal;

/// Steps of refinement in the held-out distance.
constexpr int kValidationRefineSteps = 20;

/// Numbers as a file holds them: half a quantisation step of noise either way.
torch::Tensor with_quantisation_noise(const torch::Tensor& vectors, int levels, std::mt19937_64& random) {
  std::uniform_real_distribution<float> half_step(-0.5F / static_cast<float>(levels),
                                                  0.5F / static_cast<float>(levels));
  torch::Tensor noise = torch::empty(vectors.sizes());
  float* at = noise.data_ptr<float>();
  for (std::int64_t i = 0; i < noise.numel(); ++i) at[i] = half_step(random);
  return (vectors + noise.to(vectors.device())).clamp(-1.0, 1.0);
}

torch::Tensor peak_of(const PowerMaps& maps) { return maps.fine.amax({1, 2}).clamp_min(1e-10); }  // [B]

}  // namespace

void check(const EventsRecipe& r) {
  check(static_cast<const Schedule&>(r));
  require_recipe(r.encoder_rate >= 0 && r.decoder_rate >= 0 && r.table_rate >= 0,
                 "learning rates must not be negative");
  require_recipe(r.carried_share >= 0 && r.carried_share <= 1, "carried_share must be from 0 to 1");
  require_recipe(r.tail_frames >= 0 && r.tail_frames <= 4096, "tail_frames must be from 0 to 4096");
  require_recipe(r.leading_looks >= 0, "leading_looks must not be negative");
  require_recipe(r.vector_price >= 0, "vector_price must not be negative");
  require_recipe(r.exploration >= 0, "exploration must not be negative");
  require_recipe(r.refine_steps >= 0, "refine_steps must not be negative");
}

EventsTask::EventsTask(const models::EventModelConfig& config, const EventsRecipe& recipe, const Sound& sound,
                       const torch::Device& device)
    : model_(config, device),
      critic_(config),
      recipe_(recipe),
      data_(sound.folder, config.bands.sample_rate_hz, sound.stop_requested, sound.words) {
  critic_->to(device);
}

models::NamedTensors EventsTask::critic_parameters() const { return models::named_parameters(*critic_); }

double EventsTask::learning_rate(const std::string& parameter) const {
  // Layers are named LAYER.weight and LAYER.bias; the decoder's learned sets have plain names.
  const bool is_encoder = parameter.rfind("encoder.", 0) == 0;
  const bool is_table = !is_encoder && parameter.find('.', 8) == std::string::npos;
  return is_encoder ? recipe_.encoder_rate : is_table ? recipe_.table_rate : recipe_.decoder_rate;
}

std::string EventsTask::step_words(const Figures& figures) const {
  return fmt::format("loss {:.3f}  fine {:.2f} dB  coarse {:.2f} dB", figures.at("loss"),
                     figures.at("fine_db"), figures.at("coarse_db"));
}

std::string EventsTask::validation_words(const Figures& figures) const {
  return fmt::format("held out {:.2f} dB fine, {:.2f} dB coarse; refined {:.2f}, {:.2f}",
                     figures.at("val_fine_db"), figures.at("val_coarse_db"),
                     figures.at("val_refined_fine_db"), figures.at("val_refined_coarse_db"));
}

std::int64_t EventsTask::window_frames() const {
  const auto& c = model_.config;
  return c.hop_frames() + std::max(recipe_.tail_frames, c.encoder_reach_frames());
}

std::size_t EventsTask::excerpt_samples() const {
  // A hop, then a window, and the margins of the first and last frame.
  const auto& c = model_.config;
  const std::int64_t frames = c.hop_frames() + window_frames();
  return static_cast<std::size_t>((frames - 1) * c.bands.fine_hop_samples + c.bands.fine_window_samples);
}

PowerMaps EventsTask::rendered(const Proposal& events, std::int64_t frames) {
  return model_.render(model_.decoder->shape(events.vectors), torch::exp(events.log_gain),
                       events.onset_samples, frames);
}

EventsTask::Batch EventsTask::make_batch(const torch::Tensor& samples, const std::vector<bool>& carries,
                                         double headroom_db) {
  torch::NoGradGuard no_grad;
  const auto& c = model_.config;
  const std::int64_t hop = c.hop_frames();
  const PowerMaps all = model_.analyse(samples, torch::ones({samples.size(0)}, samples.options()));
  const PowerMaps first = all.frames(0, window_frames());
  const PowerMaps second = all.frames(hop, window_frames());

  torch::Tensor carry = torch::empty({samples.size(0)});
  for (std::size_t i = 0; i < carries.size(); ++i)
    carry[static_cast<std::int64_t>(i)] = carries[i] ? 1.0F : 0.0F;
  carry = carry.to(samples.device());
  const torch::Tensor first_level = peak_of(first);
  const torch::Tensor level =
      torch::maximum(peak_of(second), 0.5 * first_level * carry) * std::pow(10.0, headroom_db / 10.0);

  // The window before, explained by the model as it is now, leaves its tails in this one.
  PowerMaps tails{torch::zeros_like(second.fine), torch::zeros_like(second.coarse)};
  if (std::any_of(carries.begin(), carries.end(), [](bool any) { return any; })) {
    const PowerMaps sound = first.scaled(first_level.reciprocal());
    const PowerMaps nothing{torch::zeros_like(sound.fine), torch::zeros_like(sound.coarse)};
    const Proposal events = events::propose(model_, sound, nothing, c.events_per_hop());
    tails =
        rendered(events, all.fine.size(2)).frames(hop, window_frames()).scaled(carry * first_level / level);
  }
  return {second.scaled(level.reciprocal()), tails};
}

Gradients EventsTask::gradients(std::mt19937_64& random, int count, double progress) {
  const auto& c = model_.config;
  std::uniform_real_distribution<double> chance(0.0, 1.0);
  const std::size_t length = excerpt_samples();
  torch::Tensor samples = torch::empty({count, static_cast<std::int64_t>(length)});
  std::vector<bool> carries;
  for (int i = 0; i < count; ++i) {
    const std::vector<float> excerpt = data_.training_excerpt(random, length);
    std::copy(excerpt.begin(), excerpt.end(), samples[i].data_ptr<float>());
    carries.push_back(chance(random) < recipe_.carried_share);
  }
  const double headroom_db = chance(random) < 0.3 ? 15.0 * chance(random) : 0.0;
  const Batch batch = make_batch(samples.to(model_.device), carries, headroom_db);

  const std::int64_t hop = c.hop_frames();
  const double exploration = recipe_.exploration * std::max(0.0, 1.0 - 2.0 * progress);

  // After every look the explanation so far is held against the sound.
  Figures figures;
  torch::Tensor loss = torch::zeros({}, batch.sound.fine.options());
  const models::Target target(model_.bands, batch.sound, hop, recipe_.tail_frames);
  PowerMaps explained = batch.carried;
  std::vector<Proposal> looks;
  const int look_count = static_cast<int>(c.look_events.size());
  for (int look = 0; look < look_count; ++look) {
    torch::Tensor noise;
    if (exploration > 0.0) {
      std::extreme_value_distribution<float> gumbel(0.0F, 1.0F);
      noise = torch::empty({count, hop});
      float* at = noise.data_ptr<float>();
      for (std::int64_t i = 0; i < noise.numel(); ++i)
        at[i] = static_cast<float>(exploration) * gumbel(random);
      noise = noise.to(model_.device);
    }
    const Proposal next = model_.encoder->propose(batch.sound, explained.detach(),
                                                  c.look_events[static_cast<std::size_t>(look)], noise);
    looks.push_back(next);
    const Proposal stored{with_quantisation_noise(next.vectors, c.vector_levels, random), next.log_gain,
                          next.onset_samples};
    explained = explained + rendered(stored, window_frames());
    const Distance off = target.distance(explained);
    const bool last = look + 1 == look_count;
    const torch::Tensor off_db = look < recipe_.leading_looks ? target.left(explained.fine) : off.total();
    loss = loss + (last ? 1.0 : 0.25) * off_db.mean();
    if (last) {
      figures["fine_db"] = off.fine_db.mean().item<double>();
      figures["coarse_db"] = off.coarse_db.mean().item<double>();
      figures["convergence"] = off.convergence.mean().item<double>();
    } else if (look == 0) {
      figures["first_look_db"] = off.fine_db.mean().item<double>();
    }
  }
  const Proposal proposed = models::joined(looks);
  if (recipe_.vector_price > 0.0) loss = loss + recipe_.vector_price * proposed.vectors.abs().mean();

  // The decoder also learns from events as refinement will leave them.
  if (recipe_.refine_steps > 0 && progress >= recipe_.refine_from) {
    Proposal refined = events::refine(model_, batch.sound, batch.carried, proposed, hop, recipe_.tail_frames,
                                      {.steps = recipe_.refine_steps});
    refined.vectors = with_quantisation_noise(refined.vectors, c.vector_levels, random);
    const PowerMaps made = batch.carried + rendered(refined, window_frames());
    const Distance off = target.distance(made);
    loss = loss + recipe_.refined_weight * off.total().mean();
    figures["refined_db"] = off.fine_db.mean().item<double>();
  }

  // The critic judges a sum that lacks half of the events, so that each must sound right by itself.
  torch::Tensor critic_loss;
  if (recipe_.adversarial_weight > 0.0 && progress >= recipe_.adversarial_from) {
    torch::Tensor keep = torch::empty(proposed.log_gain.sizes());
    float* at = keep.data_ptr<float>();
    for (std::int64_t i = 0; i < keep.numel(); ++i) at[i] = chance(random) < 0.5 ? 1.0F : 0.0F;
    const torch::Tensor half = batch.carried.fine.narrow(2, 0, hop) +
                               model_.decoder->render(model_.decoder->shape(proposed.vectors),
                                                      torch::exp(proposed.log_gain) * keep.to(model_.device),
                                                      proposed.onset_samples, models::View::fine, hop);
    loss = loss - recipe_.adversarial_weight * critic_(half).mean();
    const torch::Tensor real = critic_(batch.sound.fine.narrow(2, 0, hop));
    const torch::Tensor fake = critic_(explained.fine.narrow(2, 0, hop).detach());
    critic_loss = torch::relu(1.0 - real).mean() + torch::relu(1.0 + fake).mean();  // hinge
    figures["critic"] = critic_loss.item<double>();
  }

  Gradients out;
  out.model = gradients_of(loss, model_.parameters());
  if (critic_loss.defined()) out.critic = gradients_of(critic_loss, models::named_parameters(*critic_));
  figures["loss"] = loss.item<double>();
  out.figures = figures;
  return out;
}

Figures EventsTask::validate() {
  torch::NoGradGuard no_grad;
  const auto& c = model_.config;
  const std::int64_t hop = c.hop_frames();
  const std::size_t length = excerpt_samples();
  Figures sums;
  for (int i = 0; i < recipe_.validation_excerpts; ++i) {
    const std::vector<float> excerpt = data_.validation_excerpt(static_cast<std::size_t>(i), length);
    const torch::Tensor samples = torch::tensor(excerpt).unsqueeze(0).to(model_.device);
    const Batch batch = make_batch(samples, {true}, 0.0);
    const auto distance_of = [&](const Proposal& events) {
      const PowerMaps explained = batch.carried + rendered(events, window_frames());
      return models::distance(model_.bands, batch.sound, explained, hop, 0);
    };
    const Proposal proposed = events::propose(model_, batch.sound, batch.carried, c.events_per_hop());
    const Distance before = distance_of(proposed);
    sums["val_fine_db"] += before.fine_db.item<double>();
    sums["val_coarse_db"] += before.coarse_db.item<double>();
    torch::AutoGradMode with_gradients(true);
    const Proposal refined = events::refine(model_, batch.sound, batch.carried, proposed, hop,
                                            window_frames() - hop, {.steps = kValidationRefineSteps});
    torch::AutoGradMode without_gradients(false);
    const Distance after = distance_of(refined);
    sums["val_refined_fine_db"] += after.fine_db.item<double>();
    sums["val_refined_coarse_db"] += after.coarse_db.item<double>();
  }
  for (auto& item : sums) item.second /= recipe_.validation_excerpts;
  return sums;
}

void EventsTask::start_from_data(std::mt19937_64& random) {
  torch::NoGradGuard no_grad;
  const auto& c = model_.config;
  std::vector<torch::Tensor> spectra;
  const int most_tries = 50 + 4 * c.resonances;
  for (int tries = 0; static_cast<int>(spectra.size()) < c.resonances; ++tries) {
    if (tries == most_tries)
      throw Error("the training sound is silent nearly everywhere", "add sound to its folder");
    const std::vector<float> excerpt = data_.training_excerpt(random, 65536);
    const torch::Tensor power = model_.bands.fine(torch::tensor(excerpt).unsqueeze(0).to(model_.device))[0];
    const torch::Tensor loudness = power.sum(0);  // [T]
    const torch::Tensor order = loudness.argsort(0, /*descending=*/true);
    // One loud moment and one of middling loudness.
    for (const std::int64_t rank : {std::int64_t{2}, order.size(0) / 2}) {
      const std::int64_t frame = order[rank].item<std::int64_t>();
      if (loudness[frame].item<double>() > 1e-9) spectra.push_back(power.select(1, frame));
    }
  }
  spectra.resize(static_cast<std::size_t>(c.resonances));
  model_.decoder->start_resonances_from(torch::stack(spectra));
}

}  // namespace ictus::train
