// Points around some centres, and how well a line keeps them together.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

#include "lib/core/dice.hpp"
#include "lib/plot/points.hpp"

namespace ictus::tests {

/// Point i belongs to cluster i % clusters; its components lie within `spread` of those of its centre.
inline plot::Points clustered_points(std::size_t count, std::size_t dimensions, std::size_t clusters,
                                     double spread, std::uint64_t seed) {
  ictus::Dice dice(seed);
  std::vector<double> centres(clusters * dimensions);
  for (double& value : centres) value = (1.0 - spread) * (2.0 * dice.uniform() - 1.0);
  plot::Points points{count, dimensions, {}};
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t k = 0; k < dimensions; ++k) {
      const double centre = centres[(i % clusters) * dimensions + k];
      points.values.push_back(static_cast<float>(centre + spread * (2.0 * dice.uniform() - 1.0)));
    }
  }
  return points;
}

/// Of the ten nearest places of each point, how many belong to its cluster; 1 for all.
inline double purity(const std::vector<double>& places, std::size_t clusters) {
  constexpr std::size_t kNeighbours = 10;
  std::size_t same = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    std::vector<std::pair<double, std::size_t>> others;
    for (std::size_t j = 0; j < places.size(); ++j) {
      if (j != i) others.emplace_back(std::abs(places[j] - places[i]), j);
    }
    std::nth_element(others.begin(), others.begin() + kNeighbours, others.end());
    for (std::size_t k = 0; k < kNeighbours; ++k) same += others[k].second % clusters == i % clusters ? 1 : 0;
  }
  return static_cast<double>(same) / static_cast<double>(kNeighbours * places.size());
}

/// How many stretches of one cluster there are along the line; the number of clusters at best.
inline std::size_t stretches(const std::vector<double>& places, std::size_t clusters) {
  std::vector<std::size_t> order(places.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return places[a] < places[b]; });
  std::size_t count = 1;
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (order[i] % clusters != order[i - 1] % clusters) ++count;
  }
  return count;
}

}  // namespace ictus::tests
