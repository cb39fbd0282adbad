#include "lib/train/events_task.hpp"

#include <algorithm>
#include <cmath>

#include "lib/events/refine.hpp"
#include "models/events/distance.hpp"

namespace ictus::train {
namespace {

using models::Distance;
using models::PowerMaps;
using models::Proposal;

PowerMaps add(const PowerMaps& a, const PowerMaps& b) { return {a.fine + b.fine, a.coarse + b.coarse}; }
PowerMaps detached(const PowerMaps& maps) { return {maps.fine.detach(), maps.coarse.detach()}; }

PowerMaps frames_of(const PowerMaps& maps, std::int64_t first, std::int64_t count) {
  const std::int64_t per_fine = maps.coarse.size(2) / maps.fine.size(2);
  return {maps.fine.narrow(2, first, count), maps.coarse.narrow(2, first * per_fine, count * per_fine)};
}

PowerMaps scaled(const PowerMaps& maps, const torch::Tensor& factor) {  // factor [B]
  const torch::Tensor f = factor.unsqueeze(-1).unsqueeze(-1);
  return {maps.fine * f, maps.coarse * f};
}

Proposal joined(const std::vector<Proposal>& looks) {
  std::vector<torch::Tensor> vectors, gains, onsets;
  for (const Proposal& look : looks) {
    vectors.push_back(look.vectors);
    gains.push_back(look.log_gain);
    onsets.push_back(look.onset_samples);
  }
  return {torch::cat(vectors, 1), torch::cat(gains, 1), torch::cat(onsets, 1)};
}

/// Numbers as a file holds them: half a quantisation step of noise either way.
torch::Tensor with_quantisation_noise(const torch::Tensor& vectors, std::mt19937_64& random) {
  std::uniform_real_distribution<float> half_step(-0.5F / 127.0F, 0.5F / 127.0F);
  torch::Tensor noise = torch::empty(vectors.sizes());
  float* at = noise.data_ptr<float>();
  for (std::int64_t i = 0; i < noise.numel(); ++i) at[i] = half_step(random);
  return (vectors + noise.to(vectors.device())).clamp(-1.0, 1.0);
}

torch::Tensor peak_of(const PowerMaps& maps) { return maps.fine.amax({1, 2}).clamp_min(1e-10); }  // [B]

}  // namespace

EventsTask::EventsTask(models::EventModel& model, models::EventDiscriminator critic,
                       const EventsRecipe& recipe, const Dataset& data)
    : model_(model), critic_(std::move(critic)), recipe_(recipe), data_(data) {}

std::size_t EventsTask::excerpt_samples() const {
  // Two hops, the tail, and the margins of the first and last frame.
  const auto& c = model_.config;
  const int frames = 2 * c.hop_frames() + std::max(recipe_.tail_frames, c.encoder_reach_frames());
  return static_cast<std::size_t>((frames - 1) * c.bands.fine_hop_samples + c.bands.fine_window_samples);
}

EventsTask::Batch EventsTask::make_batch(const torch::Tensor& samples, const std::vector<bool>& carries,
                                         double headroom_db) {
  torch::NoGradGuard no_grad;
  const auto& c = model_.config;
  const std::int64_t hop = c.hop_frames();
  const std::int64_t seen = hop + std::max(recipe_.tail_frames, c.encoder_reach_frames());
  const torch::Tensor ones = torch::ones({samples.size(0)}, samples.options());
  const PowerMaps all = model_.analyse(samples, ones);
  const PowerMaps first = frames_of(all, 0, seen);
  const PowerMaps second = frames_of(all, hop, seen);

  // The window before, explained by the model as it is now, leaves its tails in this one.
  const torch::Tensor first_level = peak_of(first);
  PowerMaps explained{torch::zeros_like(all.fine), torch::zeros_like(all.coarse)};
  if (std::any_of(carries.begin(), carries.end(), [](bool carry) { return carry; })) {
    const PowerMaps sound = scaled(first, first_level.reciprocal());
    for (int look = 0; look < c.looks; ++look) {
      const Proposal next = model_.encoder->propose(sound, frames_of(explained, 0, seen), c.events_per_look);
      explained = add(explained, model_.render(model_.decoder->shape(next.vectors), torch::exp(next.log_gain),
                                               next.onset_samples, all.fine.size(2)));
    }
  }
  torch::Tensor carry = torch::empty({samples.size(0)}, torch::kFloat);
  for (std::size_t i = 0; i < carries.size(); ++i)
    carry[static_cast<std::int64_t>(i)] = carries[i] ? 1.0F : 0.0F;
  const torch::Tensor level =
      torch::maximum(peak_of(second), 0.5 * first_level * carry.to(samples.device())) *
      std::pow(10.0, headroom_db / 10.0);
  return {scaled(second, level.reciprocal()),
          scaled(frames_of(explained, hop, seen), carry.to(samples.device()) * first_level / level)};
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
  const std::int64_t frames = hop + recipe_.tail_frames;
  const PowerMaps sound = frames_of(batch.sound, 0, frames);
  const PowerMaps carried = frames_of(batch.carried, 0, frames);
  const double exploration = recipe_.exploration * std::max(0.0, 1.0 - 2.0 * progress);

  // After every look the explanation so far is held against the sound.
  Figures figures;
  torch::Tensor loss = torch::zeros({}, sound.fine.options());
  PowerMaps explained = carried;
  std::vector<Proposal> looks;
  for (int look = 0; look < c.looks; ++look) {
    torch::Tensor noise;
    if (exploration > 0.0) {
      std::extreme_value_distribution<float> gumbel(0.0F, 1.0F);
      noise = torch::empty({count, hop});
      float* at = noise.data_ptr<float>();
      for (std::int64_t i = 0; i < noise.numel(); ++i)
        at[i] = static_cast<float>(exploration) * gumbel(random);
      noise = noise.to(model_.device);
    }
    // The encoder sees all frames it can; events are rendered only where the loss hears them.
    const Proposal next = model_.encoder->propose(
        batch.sound,
        detached({torch::cat({explained.fine,
                              batch.carried.fine.narrow(2, frames, batch.carried.fine.size(2) - frames)},
                             2),
                  torch::cat({explained.coarse, batch.carried.coarse.narrow(
                                                    2, explained.coarse.size(2),
                                                    batch.carried.coarse.size(2) - explained.coarse.size(2))},
                             2)}),
        c.events_per_look, noise);
    looks.push_back(next);
    explained =
        add(explained, model_.render(model_.decoder->shape(with_quantisation_noise(next.vectors, random)),
                                     torch::exp(next.log_gain), next.onset_samples, frames));
    const Distance off = models::distance(sound, explained, hop, recipe_.tail_frames);
    const bool last = look + 1 == c.looks;
    loss = loss + (last ? 1.0 : 0.25) * off.total().mean();
    if (last) {
      figures["fine_db"] = off.fine_db.mean().item<double>();
      figures["coarse_db"] = off.coarse_db.mean().item<double>();
      figures["convergence"] = off.convergence.mean().item<double>();
    } else if (look == 0) {
      figures["first_look_db"] = off.fine_db.mean().item<double>();
    }
  }
  const Proposal proposed = joined(looks);

  // The decoder also learns from events as refinement will leave them.
  if (recipe_.refine_steps > 0 && progress >= recipe_.refine_from) {
    const Proposal refined =
        events::refine(model_, sound, carried, proposed, recipe_.refine_steps, hop, recipe_.tail_frames);
    const PowerMaps made = add(carried, model_.render(model_.decoder->shape(refined.vectors.detach()),
                                                      torch::exp(refined.log_gain.detach()),
                                                      refined.onset_samples.detach(), frames));
    const Distance off = models::distance(sound, made, hop, recipe_.tail_frames);
    loss = loss + recipe_.refined_weight * off.total().mean();
    figures["refined_db"] = off.fine_db.mean().item<double>();
  }

  // The critic judges a sum that lacks half of the events, so that each must sound right by itself.
  torch::Tensor critic_loss;
  if (recipe_.adversarial_weight > 0.0 && progress >= recipe_.adversarial_from) {
    torch::Tensor keep = torch::empty(proposed.log_gain.sizes());
    float* at = keep.data_ptr<float>();
    for (std::int64_t i = 0; i < keep.numel(); ++i) at[i] = chance(random) < 0.5 ? 1.0F : 0.0F;
    const torch::Tensor half =
        carried.fine + model_.decoder->render(model_.decoder->shape(proposed.vectors),
                                              torch::exp(proposed.log_gain) * keep.to(model_.device),
                                              proposed.onset_samples, models::View::fine, frames);
    loss = loss - recipe_.adversarial_weight * critic_(half.narrow(2, 0, hop)).mean();
    const torch::Tensor real = critic_(sound.fine.narrow(2, 0, hop));
    const torch::Tensor fake = critic_(explained.fine.narrow(2, 0, hop).detach());
    critic_loss = torch::relu(1.0 - real).mean() + torch::relu(1.0 + fake).mean();  // hinge
    figures["critic"] = critic_loss.item<double>();
  }

  Gradients out;
  const auto gradients_of = [](const torch::Tensor& of, const models::NamedTensors& by) {
    std::vector<torch::Tensor> list;
    for (const auto& item : by) list.push_back(item.second);
    const auto found =
        torch::autograd::grad({of}, list, {}, /*retain_graph=*/true, false, /*allow_unused=*/true);
    models::NamedTensors named;
    std::size_t i = 0;
    for (const auto& item : by) named[item.first] = found[i++];
    return named;
  };
  out.model = gradients_of(loss, model_.parameters());
  if (critic_loss.defined()) {
    models::NamedTensors critic;
    for (const auto& item : critic_->named_parameters()) critic[item.key()] = item.value();
    out.critic = gradients_of(critic_loss, critic);
  }
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
    PowerMaps explained = batch.carried;
    std::vector<Proposal> looks;
    for (int look = 0; look < c.looks; ++look) {
      const Proposal next = model_.encoder->propose(batch.sound, explained, c.events_per_look);
      looks.push_back(next);
      explained = add(explained, model_.render(model_.decoder->shape(next.vectors), torch::exp(next.log_gain),
                                               next.onset_samples, explained.fine.size(2)));
    }
    const Distance off = models::distance(batch.sound, explained, hop, 0);
    sums["val_fine_db"] += off.fine_db.item<double>();
    sums["val_coarse_db"] += off.coarse_db.item<double>();
    {
      torch::AutoGradMode with_grad(true);
      const Proposal refined = events::refine(model_, batch.sound, batch.carried, joined(looks), 20, hop,
                                              batch.sound.fine.size(2) - hop);
      torch::NoGradGuard none;
      const PowerMaps made = add(
          batch.carried, model_.render(model_.decoder->shape(refined.vectors), torch::exp(refined.log_gain),
                                       refined.onset_samples, explained.fine.size(2)));
      const Distance after = models::distance(batch.sound, made, hop, 0);
      sums["val_refined_fine_db"] += after.fine_db.item<double>();
      sums["val_refined_coarse_db"] += after.coarse_db.item<double>();
    }
  }
  for (auto& item : sums) item.second /= recipe_.validation_excerpts;
  return sums;
}

void EventsTask::start_from_data(std::mt19937_64& random) {
  torch::NoGradGuard no_grad;
  const auto& c = model_.config;
  std::vector<torch::Tensor> spectra;
  while (static_cast<int>(spectra.size()) < c.resonances) {
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
