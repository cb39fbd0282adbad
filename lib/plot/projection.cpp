#include "lib/plot/projection.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "lib/core/dice.hpp"
#include "lib/plot/oklab.hpp"
#include "lib/plot/pca.hpp"
#include "lib/plot/tsne.hpp"

namespace ictus::plot {
namespace {

constexpr std::size_t kFewestForTsne = 8;
constexpr double kPerplexity = 30.0;
constexpr float kLargest = 1000.0f;  // far more than the numbers of an event are
// Values beyond these quantiles do not squeeze the others.
constexpr double kOutliers = 0.02;

Points points_of(std::span<const Vector> vectors) {
  Points points{vectors.size(), Vector{}.size(), {}};
  points.values.reserve(points.count * points.dimensions);
  for (const Vector& vector : vectors) {
    for (const float value : vector) {
      points.values.push_back(std::isfinite(value) ? std::clamp(value, -kLargest, kLargest) : 0.0f);
    }
  }
  return points;
}

struct Range {
  double low;
  double high;

  /// 0 at the lower end, 1 at the upper, 0.5 if they are one.
  [[nodiscard]] double part(double value) const { return high > low ? (value - low) / (high - low) : 0.5; }
};

/// What all values but `outliers` of them at each end lie in.
Range range_of(std::vector<double> values, double outliers) {
  const auto skipped = static_cast<std::ptrdiff_t>(outliers * static_cast<double>(values.size()));
  const auto low = values.begin() + skipped;
  const auto high = values.end() - 1 - skipped;
  std::nth_element(values.begin(), low, values.end());
  const double lowest = *low;
  std::nth_element(values.begin(), high, values.end());
  return {lowest, *high};
}

Range at_least(const Range& range, double width) {
  const double more = std::max((width - (range.high - range.low)) / 2.0, 0.0);
  return {range.low - more, range.high + more};
}

/// Keeps the middle as it is and bends what lies beyond it, so that all comes to lie within 0 .. 1.
double bent(double part) {
  constexpr double kMargin = 0.06;
  const double beyond = std::max({-part, part - 1.0, 0.0});
  const double within = kMargin + (1.0 - 2.0 * kMargin) * std::clamp(part, 0.0, 1.0);
  return within + std::copysign(kMargin * beyond / (beyond + 0.3), part - 0.5);
}

std::vector<double> values_along_random(const Points& points, Dice& dice) {
  std::vector<double> direction(points.dimensions);
  for (double& component : direction) component = (2.0 * dice.uniform() - 1.0);
  return along(points, direction);
}

double product(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

/// Takes from `values` what follows from `other`.
void remove_correlation(std::vector<double>& values, const std::vector<double>& other) {
  const double power = product(other, other);
  if (power <= 0.0) return;
  const double factor = product(values, other) / power;
  for (std::size_t i = 0; i < values.size(); ++i) values[i] -= factor * other[i];
}

/// As it is seen on any background, and never grey.
report::Colour visible(double red, double green, double blue) {
  constexpr double kDarkest = 0.55;
  constexpr double kLightest = 0.76;
  constexpr double kLeastChroma = 0.11;
  // Squares are about what a screen makes of them.
  Oklab colour = oklab(red * red, green * green, blue * blue);
  const double chroma = std::hypot(colour.a, colour.b);
  const double scale = chroma > 0.0 ? (kLeastChroma + 0.45 * chroma) / chroma : 0.0;
  colour.a *= scale;
  colour.b *= scale;
  colour.lightness = std::lerp(kDarkest, kLightest, std::clamp((colour.lightness - 0.35) / 0.5, 0.0, 1.0));
  return colour_of(colour);
}

}  // namespace

bool uses_tsne(std::size_t count) { return count >= kFewestForTsne && count <= kMostForTsne; }

std::vector<double> line_up(std::span<const Vector> vectors, std::uint64_t seed) {
  const Points points = points_of(vectors);
  if (points.count == 0) return {};
  const std::vector<double> component = first_component(points);
  if (product(component, component) == 0.0) return std::vector<double>(points.count, 0.5);
  std::vector<double> places;
  if (uses_tsne(points.count)) {
    places = tsne(points, std::min(kPerplexity, static_cast<double>(points.count - 1) / 3.0), seed);
    const Range range = range_of(places, 0.0);
    for (double& place : places) place = range.part(place);
  } else {
    places = along(points, component);
    const Range range = range_of(places, kOutliers);
    for (double& place : places) place = bent(range.part(place));
  }
  return places;
}

std::vector<report::Colour> colours(std::span<const Vector> vectors, std::uint64_t seed) {
  const Points points = points_of(vectors);
  if (points.count == 0) return {};
  Dice dice(seed);
  std::array<std::vector<double>, 3> channels;
  for (auto& channel : channels) channel = values_along_random(points, dice);
  // Where vectors differ in one direction above all, the three would otherwise be one, and all colours grey.
  // What is left is stretched, but not without limit.
  constexpr double kNarrowest = 0.3;
  const Range first = range_of(channels[0], kOutliers);
  remove_correlation(channels[1], channels[0]);
  remove_correlation(channels[2], channels[0]);
  remove_correlation(channels[2], channels[1]);
  std::array<Range, 3> ranges{};
  for (std::size_t k = 0; k < 3; ++k) {
    ranges[k] = at_least(range_of(channels[k], kOutliers), kNarrowest * (first.high - first.low));
  }
  std::vector<report::Colour> result;
  result.reserve(points.count);
  for (std::size_t i = 0; i < points.count; ++i) {
    const auto level = [&](std::size_t k) { return std::clamp(ranges[k].part(channels[k][i]), 0.0, 1.0); };
    result.push_back(visible(level(0), level(1), level(2)));
  }
  return result;
}

}  // namespace ictus::plot
