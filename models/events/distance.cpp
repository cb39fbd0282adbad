#include "models/events/distance.hpp"

#include <cmath>

namespace ictus::models {
namespace {

/// What is lacking in the tail by more than this is left to later events.
constexpr double kLackingDb = 6.0;
/// Weights of the tail's frames, where those before weigh 1.
constexpr double kBeyondWeight = 0.5;
constexpr double kLackingWeight = 0.125;

class LevelDistance : public torch::autograd::Function<LevelDistance> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& power,
                               const torch::Tensor& level_db, std::int64_t frames) {
    const torch::Tensor shifted = (power + kPowerFloor).contiguous();
    const torch::Tensor log10 = shifted.log10();
    const torch::Tensor target = level_db.contiguous();
    const std::int64_t bands = power.size(1);
    const std::int64_t all_frames = power.size(2);
    torch::Tensor slope = torch::empty_like(shifted);
    torch::Tensor out = torch::empty({power.size(0)}, power.options());
    const float weight = 1.0F / static_cast<float>(bands * frames);
    constexpr float kDbPerNeper = 4.342944819F;
    for (std::int64_t b = 0; b < power.size(0); ++b) {
      double sum = 0.0;
      for (std::int64_t band = 0; band < bands; ++band) {
        const std::int64_t row = (b * bands + band) * all_frames;
        const float* level = log10.data_ptr<float>() + row;
        const float* wanted = target.data_ptr<float>() + row;
        const float* p = shifted.data_ptr<float>() + row;
        float* s = slope.data_ptr<float>() + row;
        float inside = 0.0F;
#pragma omp simd reduction(+ : inside)
        for (std::int64_t t = 0; t < frames; ++t) {
          const float off = 10.0F * level[t] - wanted[t];
          inside += std::abs(off);
          s[t] = (off > 0.0F ? weight : off < 0.0F ? -weight : 0.0F) * kDbPerNeper / p[t];
        }
        float beyond = 0.0F;
        for (std::int64_t t = frames; t < all_frames; ++t) {
          const float off = 10.0F * level[t] - wanted[t];
          if (off >= 0.0F) {
            beyond += static_cast<float>(kBeyondWeight) * off;
            s[t] = static_cast<float>(kBeyondWeight) * weight * kDbPerNeper / p[t];
          } else {
            const float held = std::tanh(off / static_cast<float>(kLackingDb));
            beyond -= static_cast<float>(kLackingWeight * kLackingDb) * held;
            s[t] = -static_cast<float>(kLackingWeight) * (1.0F - held * held) * weight * kDbPerNeper / p[t];
          }
        }
        sum += inside + beyond;
      }
      out.data_ptr<float>()[b] = static_cast<float>(sum) * weight;
    }
    context->save_for_backward({slope});
    return out;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& upstream) {
    return {context->get_saved_variables()[0] * upstream[0].unsqueeze(-1).unsqueeze(-1), {}, {}};
  }
};

}  // namespace

torch::Tensor level_distance(const torch::Tensor& power, const torch::Tensor& level_db, std::int64_t frames) {
  if (!power.device().is_cpu() || power.scalar_type() != torch::kFloat)
    return level_distance_by_torch(power, level_db, frames);
  return LevelDistance::apply(power, level_db, frames);
}

torch::Tensor level_distance_by_torch(const torch::Tensor& power, const torch::Tensor& level,
                                      std::int64_t frames) {
  const torch::Tensor off = models::level_db(power) - level;
  const torch::Tensor inside = off.narrow(2, 0, frames).abs().sum({1, 2});
  const torch::Tensor tail = off.narrow(2, frames, off.size(2) - frames);
  const torch::Tensor lacking = kLackingDb * torch::tanh(torch::relu(-tail) / kLackingDb);
  const torch::Tensor beyond = (kBeyondWeight * torch::relu(tail) + kLackingWeight * lacking).sum({1, 2});
  return (inside + beyond) / static_cast<double>(off.size(1) * frames);
}

torch::Tensor Distance::total() const { return 0.5 * (fine_db + mel_db) + coarse_db + 2.0 * convergence; }

Target::View Target::view_of(const torch::Tensor& power, std::int64_t frames, std::int64_t tail_frames) {
  return {level_db(power.narrow(2, 0, frames + tail_frames)), frames, tail_frames};
}

Target::Target(const dsp::Bands& bands, const PowerMaps& sound, std::int64_t frames, std::int64_t tail_frames)
    : mel_of_fine_(bands.mel_of_fine) {
  const std::int64_t per_fine = sound.coarse.size(2) / sound.fine.size(2);
  fine_ = view_of(sound.fine, frames, tail_frames);
  mel_ = view_of(torch::matmul(mel_of_fine_, sound.fine), frames, tail_frames);
  coarse_ = view_of(sound.coarse, frames * per_fine, tail_frames * per_fine);
  heard_ = torch::sqrt(sound.fine.narrow(2, 0, frames) + kPowerFloor);
  energy_ = heard_.square().sum({1, 2}).sqrt();
}

torch::Tensor Target::convergence(const torch::Tensor& explained_fine) const {
  const torch::Tensor made = torch::sqrt(explained_fine.narrow(2, 0, fine_.frames) + kPowerFloor);
  return (made - heard_).square().sum({1, 2}).sqrt() / energy_;
}

Distance Target::distance(const PowerMaps& explained) const {
  const auto off_db = [](const View& view, const torch::Tensor& power) {
    return level_distance(power.narrow(2, 0, view.frames + view.tail_frames), view.level_db, view.frames);
  };
  return {off_db(fine_, explained.fine), off_db(mel_, torch::matmul(mel_of_fine_, explained.fine)),
          off_db(coarse_, explained.coarse), convergence(explained.fine)};
}

torch::Tensor Target::left(const torch::Tensor& explained_fine, double lacking_weight) const {
  const torch::Tensor level = level_db(explained_fine.narrow(2, 0, fine_.frames + fine_.tail_frames));
  const torch::Tensor off_db = level - fine_.level_db;
  const torch::Tensor energy = 12.0 * convergence(explained_fine) + torch::relu(off_db).mean({1, 2});
  if (lacking_weight <= 0.0) return energy;
  const torch::Tensor lacking_db = torch::relu(-off_db).narrow(2, 0, fine_.frames);
  return energy + lacking_weight * (lacking_db * heard_).sum({1, 2}) / heard_.sum({1, 2});
}

Distance distance(const dsp::Bands& bands, const PowerMaps& sound, const PowerMaps& explained,
                  std::int64_t frames, std::int64_t tail_frames) {
  return Target(bands, sound, frames, tail_frames).distance(explained);
}

}  // namespace ictus::models
