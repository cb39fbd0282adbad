#include "models/events/distance.hpp"

namespace ictus::models {
namespace {

/// What is lacking by more than this is left to later events.
constexpr double kLackingDb = 6.0;

/// [B, bands, T] twice -> [B], in dB. Frames up to `frames` weigh 1, those after them less.
torch::Tensor log_distance(const torch::Tensor& sound, const torch::Tensor& explained, std::int64_t frames,
                           std::int64_t tail_frames) {
  const torch::Tensor difference = level_db(explained.narrow(2, 0, frames + tail_frames)) -
                                   level_db(sound.narrow(2, 0, frames + tail_frames));
  const torch::Tensor inside = difference.narrow(2, 0, frames).abs().mean({1, 2});
  if (tail_frames == 0) return inside;
  const torch::Tensor tail = difference.narrow(2, frames, tail_frames);
  const torch::Tensor lacking = kLackingDb * torch::tanh(torch::relu(-tail) / kLackingDb);
  const torch::Tensor beyond = (torch::relu(tail) + 0.25 * lacking).mean({1, 2});
  return inside + beyond * (0.5 * static_cast<double>(tail_frames) / static_cast<double>(frames));
}

}  // namespace

torch::Tensor Distance::total() const { return 0.5 * (fine_db + mel_db) + coarse_db + 2.0 * convergence; }

torch::Tensor Distance::left() const { return 12.0 * convergence + excess_db; }

Distance distance(const dsp::Bands& bands, const PowerMaps& sound, const PowerMaps& explained,
                  std::int64_t frames, std::int64_t tail_frames) {
  const std::int64_t per_fine = sound.coarse.size(2) / sound.fine.size(2);
  Distance out;
  out.fine_db = log_distance(sound.fine, explained.fine, frames, tail_frames);
  out.mel_db = log_distance(torch::matmul(bands.mel_of_fine, sound.fine),
                            torch::matmul(bands.mel_of_fine, explained.fine), frames, tail_frames);
  out.coarse_db = log_distance(sound.coarse, explained.coarse, frames * per_fine, tail_frames * per_fine);
  out.excess_db = torch::relu(level_db(explained.fine.narrow(2, 0, frames + tail_frames)) -
                              level_db(sound.fine.narrow(2, 0, frames + tail_frames)))
                      .mean({1, 2});
  const torch::Tensor heard = torch::sqrt(sound.fine.narrow(2, 0, frames) + kPowerFloor);
  const torch::Tensor made = torch::sqrt(explained.fine.narrow(2, 0, frames) + kPowerFloor);
  out.convergence = (made - heard).square().sum({1, 2}).sqrt() / heard.square().sum({1, 2}).sqrt();
  return out;
}

}  // namespace ictus::models
