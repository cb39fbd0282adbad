// How vectors are spread, and new ones like them.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "formats/blocks.hpp"
#include "formats/event.hpp"
#include "lib/core/dice.hpp"

namespace ictus::compose {

using Vector = std::array<float, kEventVectorSize>;
using Matrix = std::array<std::array<double, kEventVectorSize>, kEventVectorSize>;

/// Mean and covariance of vectors, gathered one by one (Welford 1962).
class VectorSpread {
 public:
  void add(const Vector& vector);
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] const std::array<double, kEventVectorSize>& mean() const { return mean_; }
  [[nodiscard]] Matrix covariance() const;

 private:
  std::uint64_t count_ = 0;
  std::array<double, kEventVectorSize> mean_{};
  Matrix products_{};  ///< of differences from the mean, summed
};

/// Draws from the normal distribution of a mean and a covariance; numbers beyond -1 to 1 end there.
class VectorSource {
 public:
  VectorSource(const std::array<double, kEventVectorSize>& mean, const Matrix& covariance);
  explicit VectorSource(const VectorSpread& spread) : VectorSource(spread.mean(), spread.covariance()) {}
  [[nodiscard]] Vector draw(Dice& dice) const;

 private:
  std::array<double, kEventVectorSize> mean_;
  Matrix root_{};  ///< lower triangular, its square is the covariance
};

/// How the vectors of a model's training sound are spread: a JSON file that lies beside its weights, with
/// "weights_hash", "mean" and "covariance". Throws ictus::Error when `text` is no such file, or is of other
/// weights than `model_id` with `hash`.
[[nodiscard]] VectorSource parse_vector_source(const std::string& text, const std::string& model_id,
                                               const formats::WeightsHash& hash);

}  // namespace ictus::compose
