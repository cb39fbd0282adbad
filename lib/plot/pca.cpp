#include "lib/plot/pca.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace ictus::plot {
namespace {

// The covariance is squared this often, which leaves nothing of a second component that is smaller by as
// little as a millionth.
constexpr int kSquarings = 26;

std::vector<double> mean(const Points& points) {
  std::vector<double> result(points.dimensions);
  for (std::size_t i = 0; i < points.count; ++i) {
    for (std::size_t k = 0; k < points.dimensions; ++k) result[k] += static_cast<double>(points.at(i)[k]);
  }
  for (double& value : result) value /= static_cast<double>(std::max<std::size_t>(points.count, 1));
  return result;
}

/// A square matrix, row by row.
std::vector<double> covariance(const Points& points) {
  const std::size_t size = points.dimensions;
  const std::vector<double> centre = mean(points);
  std::vector<double> sums(size * size);
  std::vector<double> offset(size);
  for (std::size_t i = 0; i < points.count; ++i) {
    for (std::size_t k = 0; k < size; ++k) offset[k] = static_cast<double>(points.at(i)[k]) - centre[k];
    for (std::size_t row = 0; row < size; ++row) {
      for (std::size_t k = 0; k < size; ++k) sums[row * size + k] += offset[row] * offset[k];
    }
  }
  return sums;
}

double trace(const std::vector<double>& matrix, std::size_t size) {
  double sum = 0.0;
  for (std::size_t k = 0; k < size; ++k) sum += matrix[k * size + k];
  return sum;
}

std::vector<double> squared(const std::vector<double>& matrix, std::size_t size) {
  std::vector<double> product(size * size);
  for (std::size_t row = 0; row < size; ++row) {
    for (std::size_t i = 0; i < size; ++i) {
      const double factor = matrix[row * size + i];
      for (std::size_t k = 0; k < size; ++k) product[row * size + k] += factor * matrix[i * size + k];
    }
  }
  return product;
}

}  // namespace

std::vector<double> first_component(const Points& points) {
  const std::size_t size = points.dimensions;
  std::vector<double> matrix = covariance(points);
  std::vector<double> component(size);
  // Below this, the spread is what rounding made of equal points.
  if (trace(matrix, size) <= 1e-12 * static_cast<double>(points.count)) return component;
  for (int i = 0; i < kSquarings; ++i) {
    const double scale = 1.0 / trace(matrix, size);
    for (double& value : matrix) value *= scale;
    matrix = squared(matrix, size);
  }
  // Every column is now a multiple of the component.
  std::size_t largest = 0;
  for (std::size_t k = 1; k < size; ++k) {
    if (matrix[k * size + k] > matrix[largest * size + largest]) largest = k;
  }
  double power = 0.0;
  for (std::size_t k = 0; k < size; ++k) power += matrix[k * size + largest] * matrix[k * size + largest];
  for (std::size_t k = 0; k < size; ++k) component[k] = matrix[k * size + largest] / std::sqrt(power);
  return component;
}

std::vector<double> along(const Points& points, const std::vector<double>& direction) {
  const std::vector<double> centre = mean(points);
  std::vector<double> result(points.count);
  for (std::size_t i = 0; i < points.count; ++i) {
    for (std::size_t k = 0; k < points.dimensions; ++k) {
      result[i] += (static_cast<double>(points.at(i)[k]) - centre[k]) * direction[k];
    }
  }
  return result;
}

}  // namespace ictus::plot
