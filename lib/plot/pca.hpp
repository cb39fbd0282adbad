// The direction in which points are spread farthest.
#pragma once

#include <vector>

#include "lib/plot/points.hpp"

namespace ictus::plot {

/// The first principal component: a vector of length 1 whose component that is largest in magnitude is
/// positive. All zeros if the points lie on one place, or there are none.
[[nodiscard]] std::vector<double> first_component(const Points& points);

/// How far each point lies along `direction` from the mean of all points.
[[nodiscard]] std::vector<double> along(const Points& points, const std::vector<double>& direction);

}  // namespace ictus::plot
