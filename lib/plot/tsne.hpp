// t-SNE: points of many dimensions on a line, such that neighbours stay neighbours.
#pragma once

#include <cstdint>
#include <vector>

#include "lib/plot/points.hpp"

namespace ictus::plot {

/// Places on a line, one for each point, centred around 0. L. van der Maaten, G. Hinton, "Visualizing Data
/// using t-SNE", 2008: every pair of points is looked at, nothing is approximated. It begins at the first
/// principal component, with a little disorder from `seed`.
/// `perplexity` is about the number of neighbours that each point keeps near; it must be more than 1 and less
/// than the number of other points. Time and memory grow with the square of the number of points.
/// The same points and seed give the same places on every machine.
[[nodiscard]] std::vector<double> tsne(const Points& points, double perplexity, std::uint64_t seed);

}  // namespace ictus::plot
