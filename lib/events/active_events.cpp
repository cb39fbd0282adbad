#include "lib/events/active_events.hpp"

#include <cmath>

namespace ictus::events {
namespace {

constexpr double kLongestTailSeconds = 30.0;
constexpr double kDeadNepers = 20.7;  // 90 dB of power

/// Seconds after its onset at which the slowest part of each event [1, E] has died.
torch::Tensor life_seconds(const models::EventShape& shape) {
  const torch::Tensor slowest = shape.decay_rate.amin({-2, -1});
  // A contour may rise.
  const torch::Tensor highest =
      torch::cat({torch::zeros_like(slowest).unsqueeze(-1), shape.contour}, -1).amax(-1);
  const torch::Tensor to_fall = kDeadNepers + highest;
  const torch::Tensor ringing = to_fall / slowest;
  const torch::Tensor damped =
      shape.hold_seconds + (to_fall - slowest * shape.hold_seconds) / (slowest + shape.damping_rate);
  const torch::Tensor direct = torch::where(shape.hold_seconds < ringing, damped, ringing);
  return torch::maximum(direct, kDeadNepers / shape.room_rate.amin(-1));
}

}  // namespace

torch::Tensor vectors_of(const std::vector<Event>& events, const torch::Device& device) {
  torch::Tensor vectors = torch::empty({1, static_cast<std::int64_t>(events.size()), kEventVectorSize});
  float* to = vectors.data_ptr<float>();
  for (const Event& event : events) to = std::copy(event.vector.begin(), event.vector.end(), to);
  return vectors.to(device);
}

torch::Tensor gains_of(const std::vector<Event>& events, const torch::Device& device) {
  torch::Tensor gains = torch::empty({1, static_cast<std::int64_t>(events.size())});
  float* to = gains.data_ptr<float>();
  for (const Event& event : events) *to++ = std::pow(10.0F, event.gain_db / 10.0F);
  return gains.to(device);
}

void ActiveEvents::add(const std::vector<Event>& events) {
  if (events.empty()) return;
  torch::NoGradGuard no_grad;
  const models::EventShape shape = model_.decoder->shape(vectors_of(events, model_.device));
  const torch::Tensor gain = gains_of(events, model_.device);
  const torch::Tensor life = life_seconds(shape).to(torch::kCPU)[0].contiguous();
  for (std::size_t i = 0; i < events.size(); ++i) {
    const double seconds =
        std::min(kLongestTailSeconds, 1.0 + static_cast<double>(life.data_ptr<float>()[i]));
    onset_samples_.push_back(events[i].onset_samples);
    end_samples_.push_back(events[i].onset_samples +
                           std::llround(seconds * model_.config.bands.sample_rate_hz));
  }
  if (!gain_.defined() || gain_.size(1) == 0) {
    shape_ = shape;
    gain_ = gain;
    return;
  }
  const auto join = [](const torch::Tensor& a, const torch::Tensor& b) { return torch::cat({a, b}, 1); };
  shape_ = shape_.each_with(shape, join);
  gain_ = join(gain_, gain);
}

void ActiveEvents::drop_dead(std::int64_t position_samples) {
  std::vector<std::int64_t> alive;
  for (std::size_t i = 0; i < end_samples_.size(); ++i)
    if (end_samples_[i] > position_samples) alive.push_back(static_cast<std::int64_t>(i));
  if (alive.size() == end_samples_.size()) return;
  const torch::Tensor index = torch::tensor(alive, torch::kLong).to(model_.device);
  const auto keep = [&](const torch::Tensor& t) { return t.index_select(1, index); };
  shape_ = shape_.each(keep);
  gain_ = keep(gain_);
  for (std::size_t to = 0; to < alive.size(); ++to) {
    onset_samples_[to] = onset_samples_[static_cast<std::size_t>(alive[to])];
    end_samples_[to] = end_samples_[static_cast<std::size_t>(alive[to])];
  }
  onset_samples_.resize(alive.size());
  end_samples_.resize(alive.size());
}

torch::Tensor ActiveEvents::relative_onsets(std::int64_t first_samples) const {
  torch::Tensor onsets = torch::empty({1, static_cast<std::int64_t>(onset_samples_.size())});
  float* to = onsets.data_ptr<float>();
  for (const std::int64_t onset : onset_samples_) *to++ = static_cast<float>(onset - first_samples);
  return onsets.to(model_.device);
}

torch::Tensor ActiveEvents::fine(std::int64_t first_samples, std::int64_t frames) {
  torch::NoGradGuard no_grad;
  if (onset_samples_.empty()) return torch::zeros({1, model_.config.bands.fine_bands, frames}, model_.device);
  return model_.decoder->render(shape_, gain_, relative_onsets(first_samples), models::View::fine, frames);
}

models::PowerMaps ActiveEvents::both(std::int64_t first_samples, std::int64_t frames) {
  torch::NoGradGuard no_grad;
  if (onset_samples_.empty())
    return {fine(first_samples, frames),
            torch::zeros({1, model_.config.bands.coarse_bands, frames * model_.config.coarse_per_fine()},
                         model_.device)};
  return model_.render(shape_, gain_, relative_onsets(first_samples), frames);
}

}  // namespace ictus::events
