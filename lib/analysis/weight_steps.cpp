#include "lib/analysis/weight_steps.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ictus::analysis {
namespace {

constexpr float kMean = 0.9F;
constexpr float kSquare = 0.995F;
constexpr double kSteepest = 2.0;  // times as steep as usual is as steep as a gradient counts

}  // namespace

WeightSteps::WeightSteps(std::vector<WeightGroup> groups)
    : groups_(std::move(groups)), mean_(groups_.back().end), square_(groups_.back().end) {}

void WeightSteps::move(std::span<float> weights, std::span<const float> gradient, float pace) {
  ++steps_;
  double norm = 0.0;
  for (const float g : gradient) norm += static_cast<double>(g) * static_cast<double>(g);
  norm = std::sqrt(norm);
  usual_ = steps_ == 1 ? norm : 0.98 * usual_ + 0.02 * std::min(norm, 3.0 * usual_);
  const auto scale = static_cast<float>(norm > kSteepest * usual_ ? kSteepest * usual_ / norm : 1.0);
  const auto mean_part = static_cast<float>(1.0 - std::pow(static_cast<double>(kMean), steps_));
  const auto square_part = static_cast<float>(1.0 - std::pow(static_cast<double>(kSquare), steps_));
  std::size_t i = 0;
  for (const WeightGroup& group : groups_) {
    for (; i < group.end; ++i) {
      const float g = scale * gradient[i];
      mean_[i] = kMean * mean_[i] + (1.0F - kMean) * g;
      square_[i] = kSquare * square_[i] + (1.0F - kSquare) * g * g;
      if (square_[i] <= 0.0F) continue;
      weights[i] -= pace * group.pace * (mean_[i] / mean_part) / std::sqrt(square_[i] / square_part);
      weights[i] *= 1.0F - group.shrink * pace;
    }
  }
}

}  // namespace ictus::analysis
