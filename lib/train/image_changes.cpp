#include "lib/train/image_changes.hpp"

#include <cmath>

#include "lib/train/sound_changes.hpp"

namespace ictus::train {

torch::Tensor equalised(const torch::Tensor& image, std::mt19937_64& random, const Equaliser& by) {
  const std::int64_t bands = image.size(2);
  const torch::Tensor band = torch::arange(bands, torch::kFloat);
  torch::Tensor curve_db = torch::zeros({bands});
  for (int bumps = std::uniform_int_distribution<int>(2, 5)(random); bumps > 0; --bumps) {
    const double centre = uniform(random, 0.0, static_cast<double>(bands));
    const double deviation = by.bands_per_octave * 0.125 * std::pow(8.0, uniform(random, 0.0, 1.0));
    const double gain_db = uniform(random, -by.most_db, by.most_db);
    curve_db += gain_db * ((band - centre) / deviation).square().mul(-0.5).exp();
  }
  const torch::Tensor silent = image.le(-1.0);
  const torch::Tensor changed =
      image + (2.0 / by.range_db * curve_db).to(image.device()).view({1, 1, bands, 1});
  const torch::Tensor loudest = changed.masked_fill(silent, -1.0 - 2.0 * by.most_db).max();
  return (changed + (1.0 - loudest)).clamp(-1.0, 1.0).masked_fill(silent, -1.0);
}

}  // namespace ictus::train
