#include "lib/events/refine.hpp"

#include <cmath>
#include <numbers>
#include <vector>

#include "models/events/distance.hpp"

namespace ictus::events {
namespace {

/// One quantity that is moved, with its moments and its step size.
struct Moved {
  torch::Tensor value;
  double step;
  torch::Tensor mean = {}, square = {};
};

}  // namespace

models::Proposal refine(models::EventModel& model, const models::PowerMaps& sound,
                        const models::PowerMaps& carried, const models::Proposal& start, int steps,
                        std::int64_t frames, std::int64_t tail_frames, Moves moves) {
  if (steps <= 0) return start;
  // Chosen on held-out training sound: at 20 steps these are 0.7 dB better than Adam's usual 0.9
  // and 0.95 with steps of 0.05, since so few steps leave no time for slow averages.
  constexpr double kBeta1 = 0.5;
  constexpr double kBeta2 = 0.9;
  const double hop_samples = model.config.bands.fine_hop_samples;
  // Vectors move before the tanh that bounds them, onsets in frames.
  std::vector<Moved> moved{Moved{start.log_gain.detach().clone(), 0.3},
                           Moved{start.onset_samples.detach() / hop_samples, 0.5}};
  models::EventShape fixed;
  if (moves == Moves::everything) {
    moved.push_back(Moved{torch::atanh(start.vectors.detach().clamp(-0.999, 0.999)), 0.2});
  } else {
    fixed = model.decoder->shape(start.vectors.detach());
  }
  for (Moved& m : moved) {
    m.mean = torch::zeros_like(m.value);
    m.square = torch::zeros_like(m.value);
  }
  const models::Target target(model.bands, sound, frames, tail_frames);
  for (int step = 1; step <= steps; ++step) {
    std::vector<torch::Tensor> leaves;
    for (Moved& m : moved) leaves.push_back(m.value.detach().requires_grad_());
    const models::PowerMaps made =
        model.render(leaves.size() > 2 ? model.decoder->shape(torch::tanh(leaves[2])) : fixed,
                     torch::exp(leaves[0]), leaves[1] * hop_samples, sound.fine.size(2));
    const models::Distance off = target.distance(carried + made);
    const auto gradients = torch::autograd::grad({off.total().sum()}, leaves);
    // The step size falls to a tenth along half a cosine.
    const double progress = static_cast<double>(step - 1) / steps;
    const double fade = 0.1 + 0.45 * (1.0 + std::cos(std::numbers::pi * progress));
    torch::NoGradGuard no_grad;
    for (std::size_t i = 0; i < moved.size(); ++i) {
      Moved& m = moved[i];
      m.mean = kBeta1 * m.mean + (1.0 - kBeta1) * gradients[i];
      m.square = kBeta2 * m.square + (1.0 - kBeta2) * gradients[i].square();
      const torch::Tensor mean = m.mean / (1.0 - std::pow(kBeta1, step));
      const torch::Tensor square = m.square / (1.0 - std::pow(kBeta2, step));
      m.value = m.value - fade * m.step * mean / (square.sqrt() + 1e-8);
    }
    moved[1].value = moved[1].value.clamp(0.0, static_cast<double>(frames) - 0.002);
  }
  return {moved.size() > 2 ? torch::tanh(moved[2].value) : start.vectors, moved[0].value,
          moved[1].value * hop_samples};
}

}  // namespace ictus::events
