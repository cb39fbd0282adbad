#include "lib/mars/search.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace ictus::mars {
namespace {

// Adam (Kingma and Ba 2015) with short memories, as there are few steps; chosen on training notes.
constexpr double kMeanDecay = 0.6;
constexpr double kSquareDecay = 0.95;
constexpr double kRate = 0.1;  // of a step, as part of the latent grid's standard deviation

}  // namespace

torch::Tensor searched_distance_db(const models::ImageDistance& distance, const torch::Tensor& image,
                                   const torch::Tensor& decoded) {
  return distance.bands_db(image, decoded) + kBinsShare * distance.bins_db(image, decoded) +
         kLoudnessShare * distance.loudness_db(image, decoded);
}

int search_steps(int effort) {
  constexpr std::array<int, 10> kSteps{0, 1, 2, 4, 6, 10, 16, 24, 48, 96};
  return kSteps[static_cast<std::size_t>(std::clamp(effort, 0, 9))];
}

std::vector<torch::Tensor> search_tokens(models::Tokenizer& model, const models::ImageDistance& distance,
                                         const torch::Tensor& image, int steps) {
  torch::Tensor latent;
  models::Quantised quantised;
  {
    torch::NoGradGuard no_grad;
    latent = model.encoder->forward(image);
    quantised = model.quantiser->quantise(latent);
  }
  if (steps == 0) return quantised.tokens;

  const double rate = kRate * latent.std().item<double>();
  torch::Tensor mean = torch::zeros_like(latent);
  torch::Tensor square = torch::zeros_like(latent);
  std::vector<torch::Tensor> best;
  double least_db = 0.0;
  for (int step = 0; step <= steps; ++step) {
    torch::AutoGradMode with_gradients(step < steps);  // the last place is only looked at
    torch::Tensor sum = quantised.sum.detach().clone();
    if (step < steps) sum.set_requires_grad(true);
    const torch::Tensor decoded = model.decoder->forward(sum);
    const torch::Tensor off_db = searched_distance_db(distance, image, decoded);
    const auto db = off_db.item<double>();
    if (best.empty() || db < least_db) {
      best = quantised.tokens;
      least_db = db;
    }
    if (step == steps) break;

    const torch::Tensor gradient = torch::autograd::grad({off_db}, {sum})[0];
    torch::NoGradGuard no_grad;
    mean = kMeanDecay * mean + (1.0 - kMeanDecay) * gradient;
    square = kSquareDecay * square + (1.0 - kSquareDecay) * gradient.square();
    const torch::Tensor root = (square / (1.0 - std::pow(kSquareDecay, step + 1))).sqrt();
    latent =
        latent - rate / (1.0 - std::pow(kMeanDecay, step + 1)) * mean / (root + 1e-3 * root.mean() + 1e-12);
    quantised = model.quantiser->quantise(latent);
  }
  return best;
}

}  // namespace ictus::mars
