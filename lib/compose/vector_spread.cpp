#include "lib/compose/vector_spread.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "lib/core/error.hpp"

namespace ictus::compose {
namespace {

constexpr std::size_t kSize = kEventVectorSize;

/// The square root of a covariance (Cholesky). A number that does not vary by itself, as when there are fewer
/// vectors than numbers, has a column of zeros.
Matrix lower_root(const Matrix& covariance) {
  constexpr double kNothing = 1e-12;
  Matrix root{};
  for (std::size_t column = 0; column < kSize; ++column) {
    double left = covariance[column][column];
    for (std::size_t k = 0; k < column; ++k) left -= root[column][k] * root[column][k];
    if (!(left > kNothing)) continue;
    root[column][column] = std::sqrt(left);
    for (std::size_t row = column + 1; row < kSize; ++row) {
      double sum = covariance[row][column];
      for (std::size_t k = 0; k < column; ++k) sum -= root[row][k] * root[column][k];
      root[row][column] = sum / root[column][column];
    }
  }
  return root;
}

}  // namespace

void VectorSpread::add(const Vector& vector) {
  ++count_;
  std::array<double, kSize> from_old_mean;
  for (std::size_t i = 0; i < kSize; ++i) {
    from_old_mean[i] = static_cast<double>(vector[i]) - mean_[i];
    mean_[i] += from_old_mean[i] / static_cast<double>(count_);
  }
  for (std::size_t i = 0; i < kSize; ++i) {
    for (std::size_t j = 0; j < kSize; ++j) {
      products_[i][j] += from_old_mean[i] * (static_cast<double>(vector[j]) - mean_[j]);
    }
  }
}

Matrix VectorSpread::covariance() const {
  Matrix result = products_;
  const double divisor = count_ > 1 ? static_cast<double>(count_ - 1) : 1.0;
  for (auto& row : result) {
    for (double& value : row) value /= divisor;
  }
  return result;
}

VectorSource::VectorSource(const std::array<double, kEventVectorSize>& mean, const Matrix& covariance)
    : mean_(mean), root_(lower_root(covariance)) {}

Vector VectorSource::draw(Dice& dice) const {
  std::array<double, kSize> independent;
  for (double& value : independent) value = dice.normal();
  Vector vector;
  for (std::size_t i = 0; i < kSize; ++i) {
    double value = mean_[i];
    for (std::size_t k = 0; k <= i; ++k) value += root_[i][k] * independent[k];
    vector[i] = static_cast<float>(std::clamp(value, -1.0, 1.0));
  }
  return vector;
}

VectorSource parse_vector_source(const std::string& text, const std::string& model_id,
                                 const formats::WeightsHash& hash) {
  try {
    const auto json = nlohmann::json::parse(text);
    if (json.at("weights_hash").get<std::string>() != formats::hexadecimal(hash)) {
      throw Error("it is of other weights, " + json.at("weights_hash").get<std::string>() + ", than " +
                  model_id + " (" + formats::hexadecimal(hash) + ")");
    }
    return {json.at("mean").get<std::array<double, kSize>>(), json.at("covariance").get<Matrix>()};
  } catch (const nlohmann::json::exception& error) {
    throw Error(std::string("does not say how vectors are spread (") + error.what() + ")");
  }
}

}  // namespace ictus::compose
