#include "lib/plot/tsne.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>

#include "lib/core/dice.hpp"
#include "lib/plot/lanes.hpp"
#include "lib/plot/pca.hpp"

namespace ictus::plot {
namespace {

constexpr int kSteps = 500;
constexpr int kExaggeratedSteps = 150;
constexpr double kExaggeration = 12.0;
constexpr double kFirstSpread = 1e-4;  // standard deviation at the beginning
constexpr double kDisorder = 0.3;      // as a part of it

// A distance at which nothing is left of anything.
constexpr float kFar = 1e9f;

/// A square matrix with a value for each pair of points.
struct Matrix {
  explicit Matrix(std::size_t count) : stride(filled_up(count)), values(count * stride) {}
  [[nodiscard]] float* row(std::size_t index) { return values.data() + index * stride; }
  [[nodiscard]] const float* row(std::size_t index) const { return values.data() + index * stride; }

  std::size_t stride;
  std::vector<float> values;
};

/// The natural logarithm, made of nothing but what every processor rounds alike.
double natural_log(double value) {
  int exponent = 0;
  const double mantissa = std::frexp(value, &exponent);  // 0.5 .. 1
  const double ratio = (mantissa - 0.75) / (mantissa + 0.75);
  double series = 0.0;
  for (int odd = 21; odd >= 1; odd -= 2) series = series * ratio * ratio + 1.0 / odd;
  constexpr double kLogOfThreeQuarters = -0.28768207245178092744;
  return exponent * std::numbers::ln2 + kLogOfThreeQuarters + 2.0 * ratio * series;
}

/// e to the power of -x for x >= 0, likewise; in single precision, and 2^-126 at least.
inline Lanes exp_of_minus(Lanes x) {
  Lanes power = x * -std::numbers::log2e_v<float>;
  power = power > -126.0f ? power : Lanes{} - 126.0f;
  const IntegerLanes whole = __builtin_convertvector(power - 0.5f, IntegerLanes);
  const Lanes part = (power - __builtin_convertvector(whole, Lanes)) * std::numbers::ln2_v<float>;
  // Taylor's series of e^part, |part| < 0.35.
  Lanes series = part * (1.0f / 720.0f) + 1.0f / 120.0f;
  series = series * part + 1.0f / 24.0f;
  series = series * part + 1.0f / 6.0f;
  series = series * part + 0.5f;
  series = series * part + 1.0f;
  series = series * part + 1.0f;
  return series * std::bit_cast<Lanes>((whole + 127) << 23);
}

Matrix squared_distances(const Points& points) {
  Matrix result(points.count);
  // Dimension by dimension, so that the innermost loop runs over points.
  std::vector<float> columns(points.dimensions * result.stride);
  for (std::size_t i = 0; i < points.count; ++i) {
    for (std::size_t k = 0; k < points.dimensions; ++k) columns[k * result.stride + i] = points.at(i)[k];
  }
  for (std::size_t i = 0; i < points.count; ++i) {
    for (std::size_t j = 0; j < result.stride; j += kLanes) {
      Lanes squares{};
      for (std::size_t k = 0; k < points.dimensions; ++k) {
        const Lanes difference = points.at(i)[k] - load(columns.data() + k * result.stride + j);
        squares += difference * difference;
      }
      store(result.row(i) + j, squares);
    }
  }
  return result;
}

/// What exp(-precision * distance) sums up to over a row, with its first moments over the distance.
struct Moments {
  double sum;
  double mean;
  double variance;
};

Moments moments(const float* distances, std::size_t stride, float precision) {
  Lanes sums{};
  Lanes firsts{};
  Lanes seconds{};
  for (std::size_t j = 0; j < stride; j += kLanes) {
    const Lanes distance = load(distances + j);
    const Lanes weight = exp_of_minus(precision * distance);
    sums += weight;
    firsts += weight * distance;
    seconds += weight * distance * distance;
  }
  const double total = sum(sums);
  const double mean = sum(firsts) / total;
  return {total, mean, std::max(sum(seconds) / total - mean * mean, 0.0)};
}

/// Turns the distances of one point, its own being kFar, into the probabilities that it picks each other
/// point as its neighbour, of the given entropy in nats. `precision` is a guess, and becomes what was found.
void pick_neighbours(float* row, std::size_t stride, double entropy, double& precision) {
  constexpr int kTrials = 60;
  constexpr double kTolerance = 1e-4;
  constexpr double kSharpest = 1e8;
  constexpr float kNegligible = 1e-12f;

  // What is taken off all distances changes no probability, and keeps the sums above 0.
  const float nearest = *std::min_element(row, row + stride);
  for (std::size_t j = 0; j < stride; ++j) row[j] -= nearest;

  if (precision >= kSharpest) precision = 1.0;
  double lower = 0.0;
  double upper = std::numeric_limits<double>::infinity();
  Moments found{};
  for (int trial = 1; trial <= kTrials; ++trial) {
    found = moments(row, stride, static_cast<float>(precision));
    const double excess = natural_log(found.sum) + precision * found.mean - entropy;
    // Of equal points there can be more than were asked for; no precision tells them apart.
    const bool hopeless = excess > 0.0 && precision >= kSharpest;
    if (std::abs(excess) < kTolerance || hopeless || trial == kTrials) break;
    (excess > 0.0 ? lower : upper) = precision;
    // Newton's step, where it stays between what is known.
    precision += excess / (precision * found.variance);
    if (precision > lower && precision < std::min(upper, kSharpest)) continue;
    precision = std::isfinite(upper) ? (lower + upper) / 2.0 : std::min(4.0 * lower, kSharpest);
  }
  const auto scale = static_cast<float>(1.0 / found.sum);
  for (std::size_t j = 0; j < stride; j += kLanes) {
    const Lanes probability = exp_of_minus(static_cast<float>(precision) * load(row + j)) * scale;
    store(row + j, probability > kNegligible ? probability : Lanes{});
  }
}

/// The probability of each pair of points; together 1.
Matrix neighbourhood(const Points& points, double perplexity) {
  Matrix result = squared_distances(points);
  const float largest = *std::max_element(result.values.begin(), result.values.end());
  const float scale = largest > 0.0f ? 1.0f / largest : 1.0f;
  double precision = 1.0;
  for (std::size_t i = 0; i < points.count; ++i) {
    float* row = result.row(i);
    for (std::size_t j = 0; j < points.count; ++j) row[j] *= scale;
    row[i] = kFar;
    std::fill(row + points.count, row + result.stride, kFar);
    pick_neighbours(row, result.stride, natural_log(perplexity), precision);
  }
  const float share = 0.5f / static_cast<float>(points.count);
  for (std::size_t i = 0; i < points.count; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const float both = (result.row(i)[j] + result.row(j)[i]) * share;
      result.row(i)[j] = both;
      result.row(j)[i] = both;
    }
  }
  return result;
}

struct Forces {
  std::vector<double> attraction;
  std::vector<double> repulsion;
  double sum;  ///< of the kernel over all pairs of two points, by which repulsion is to be divided
};

/// `places` is filled up to the stride of `pairs` with places far away.
void add_up(const Matrix& pairs, const std::vector<float>& places, Forces& forces) {
  const std::size_t count = forces.attraction.size();
  forces.sum = -static_cast<double>(count);  // of each point with itself
  for (std::size_t i = 0; i < count; ++i) {
    const float* row = pairs.row(i);
    const float* there = places.data();
    const float here = there[i];
    Lanes kernels{};
    Lanes attractions{};
    Lanes repulsions{};
    for (std::size_t j = 0; j < pairs.stride; j += kLanes) {
      const Lanes difference = here - load(there + j);
      const Lanes kernel = 1.0f / (1.0f + difference * difference);
      const Lanes pull = kernel * difference;
      kernels += kernel;
      attractions += load(row + j) * pull;
      repulsions += kernel * pull;
    }
    forces.sum += sum(kernels);
    forces.attraction[i] = sum(attractions);
    forces.repulsion[i] = sum(repulsions);
  }
}

std::vector<double> first_places(const Points& points, std::uint64_t seed) {
  std::vector<double> places = along(points, first_component(points));
  double power = 0.0;
  for (const double place : places) power += place * place;
  const double spread = std::sqrt(power / static_cast<double>(points.count));
  Dice dice(seed);
  for (double& place : places) {
    place = kFirstSpread * ((spread > 0.0 ? place / spread : 0.0) + kDisorder * (2.0 * dice.uniform() - 1.0));
  }
  return places;
}

}  // namespace

std::vector<double> tsne(const Points& points, double perplexity, std::uint64_t seed) {
  const std::size_t count = points.count;
  const Matrix pairs = neighbourhood(points, perplexity);
  // With more, few points overshoot while attraction is exaggerated, and end up in disorder.
  const double rate = static_cast<double>(count) / (4.0 * kExaggeration);

  std::vector<double> places = first_places(points, seed);
  std::vector<double> velocities(count);
  std::vector<double> gains(count, 1.0);
  std::vector<float> rounded(pairs.stride, kFar);
  Forces forces{std::vector<double>(count), std::vector<double>(count), 0.0};
  for (int step = 0; step < kSteps; ++step) {
    const bool early = step < kExaggeratedSteps;
    std::transform(places.begin(), places.end(), rounded.begin(),
                   [](double place) { return static_cast<float>(place); });
    add_up(pairs, rounded, forces);
    double mean = 0.0;
    for (std::size_t i = 0; i < count; ++i) {
      const double gradient =
          4.0 * ((early ? kExaggeration : 1.0) * forces.attraction[i] - forces.repulsion[i] / forces.sum);
      const bool onwards = (gradient > 0.0) != (velocities[i] > 0.0);
      gains[i] = std::max(onwards ? gains[i] + 0.2 : gains[i] * 0.8, 0.01);
      velocities[i] = (early ? 0.5 : 0.8) * velocities[i] - rate * gains[i] * gradient;
      places[i] += velocities[i];
      mean += places[i] / static_cast<double>(count);
    }
    for (double& place : places) place -= mean;
  }
  return places;
}

}  // namespace ictus::plot
