// Bins of a spectrum that are heard as one.
#pragma once

#include <cstddef>
#include <vector>

namespace ictus {

/// Weights of neighbouring bins that sum to 1.
struct WeightedBand {
  std::size_t first_bin = 0;
  std::vector<double> weights;  ///< empty if none of the bins has one
};

/// The band of the first `bins` bins in which each weighs weight_of(bin), and those of no positive weight
/// nothing; the others have to be neighbours.
template <typename WeightOf>
WeightedBand weighted_band(std::size_t bins, WeightOf weight_of) {
  WeightedBand band;
  double sum = 0.0;
  for (std::size_t bin = 0; bin < bins; ++bin) {
    const double weight = weight_of(bin);
    if (weight <= 0.0) continue;
    if (band.weights.empty()) band.first_bin = bin;
    band.weights.push_back(weight);
    sum += weight;
  }
  for (double& weight : band.weights) weight /= sum;
  return band;
}

}  // namespace ictus
