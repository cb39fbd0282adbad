#include "lib/events/solo.hpp"

#include <algorithm>
#include <cmath>

#include "lib/dsp/phase.hpp"
#include "lib/events/active_events.hpp"
#include "lib/events/loaded_model.hpp"

namespace ictus::events {
namespace {

constexpr double kFadeSeconds = 0.02;

/// How many of the frames of powers [bands, frames] there are up to the last that sounds.
std::int64_t audible_frames(const torch::Tensor& power, const torch::Tensor& widths, double audible_db) {
  const torch::Tensor level = torch::matmul(widths, power).contiguous();  // [frames]
  const float* at = level.data_ptr<float>();
  const double least = static_cast<double>(level.max().item<float>()) * std::pow(10.0, -audible_db / 10.0);
  std::int64_t count = level.size(0);
  while (count > 1 && !(static_cast<double>(at[count - 1]) > least)) --count;
  return count;
}

}  // namespace

std::vector<float> render_solo(const LoadedModel& loaded, const Event& event, double audible_db,
                               double most_seconds) {
  torch::NoGradGuard no_grad;
  models::EventModel& model = *loaded.model;
  const auto& bands = model.config.bands;
  const std::int64_t hop = bands.fine_hop_samples;
  const std::int64_t window = bands.fine_window_samples;
  const auto most_samples = static_cast<std::int64_t>(most_seconds * bands.sample_rate_hz);

  // A window of silence before the onset, so that the attack is seen whole.
  const std::int64_t lead_frames = window / hop;
  Event placed = event;
  placed.onset_samples = 0;
  ActiveEvents active(model);
  active.add({placed});
  const torch::Tensor power = active.fine(-lead_frames * hop, lead_frames + most_samples / hop + 1)[0].to(
      torch::kCPU);  // [bands, frames]
  const std::int64_t audible = audible_frames(power, model.bands.fine_widths.to(torch::kCPU), audible_db);
  const std::int64_t frames = std::min(power.size(1), audible + window / hop);

  std::vector<float> samples;
  dsp::PhaseStream phase({.window_samples = static_cast<int>(window), .hop_samples = static_cast<int>(hop)},
                         [&samples](std::span<const float> block) {
                           samples.insert(samples.end(), block.begin(), block.end());
                         });
  phase.push(torch::matmul(power.narrow(1, 0, frames).t(), model.bands.fine_expand.to(torch::kCPU)).sqrt());
  phase.finish();

  samples.erase(samples.begin(),
                samples.begin() + std::min<std::ptrdiff_t>(lead_frames * hop, std::ssize(samples)));
  const std::int64_t length =
      std::clamp<std::int64_t>((audible - lead_frames) * hop, 1, std::max<std::int64_t>(most_samples, 1));
  samples.resize(static_cast<std::size_t>(length));
  const auto fade = std::min(samples.size(), static_cast<std::size_t>(kFadeSeconds * bands.sample_rate_hz));
  for (std::size_t i = 0; i < fade; ++i) {
    samples[samples.size() - 1 - i] *= static_cast<float>(i) / static_cast<float>(fade);
  }
  return samples;
}

}  // namespace ictus::events
