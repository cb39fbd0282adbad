// Steps on the weights of a network that is trained.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace ictus::analysis {

/// Weights, up to place `end`, that move alike.
struct WeightGroup {
  std::size_t end;
  float pace;
  float shrink = 0.0F;  ///< of each weight, each step
};

/// Adam (Kingma and Ba 2015) for weights, whose gradients are never steeper than some times what is usual.
class WeightSteps {
 public:
  /// Groups lie one after the other and cover all weights.
  explicit WeightSteps(std::vector<WeightGroup> groups);
  /// Downhill, so many times as far as the groups' paces say.
  void move(std::span<float> weights, std::span<const float> gradient, float pace);

 private:
  std::vector<WeightGroup> groups_;
  std::vector<float> mean_, square_;
  double usual_ = 0.0;
  int steps_ = 0;
};

}  // namespace ictus::analysis
