#include "lib/dsp/cmx.hpp"

#include <string>

#include "lib/core/error.hpp"

namespace ictus::dsp {
namespace {

void require_multiple(const char* what, std::int64_t size, std::int64_t factor) {
  if (factor < 1 || size % factor != 0)
    throw Error("channel multiplexing: " + std::to_string(size) + " " + what +
                    " cannot be divided into cells of " + std::to_string(factor),
                "choose a factor that divides them");
}

}  // namespace

torch::Tensor cmx(const torch::Tensor& image, const CmxFactors& factors) {
  const auto [rows, columns] = factors;
  require_multiple("rows", image.size(2), rows);
  require_multiple("columns", image.size(3), columns);
  const std::int64_t batch = image.size(0);
  const std::int64_t channels = image.size(1);
  const std::int64_t height = image.size(2) / rows;
  const std::int64_t width = image.size(3) / columns;
  return image.reshape({batch, channels, height, rows, width, columns})
      .permute({0, 1, 3, 5, 2, 4})  // [B, C, rows, columns, F / rows, T / columns]
      .reshape({batch, channels * rows * columns, height, width});
}

torch::Tensor inverse_cmx(const torch::Tensor& channels, const CmxFactors& factors) {
  const auto [rows, columns] = factors;
  require_multiple("channels", channels.size(1), rows * columns);
  const std::int64_t batch = channels.size(0);
  const std::int64_t images = channels.size(1) / (rows * columns);
  const std::int64_t height = channels.size(2);
  const std::int64_t width = channels.size(3);
  return channels.reshape({batch, images, rows, columns, height, width})
      .permute({0, 1, 4, 2, 5, 3})  // [B, C, F / rows, rows, T / columns, columns]
      .reshape({batch, images, height * rows, width * columns});
}

torch::Tensor truncate(const torch::Tensor& image, const CmxFactors& factors) {
  require_multiple("rows", image.size(2), factors.rows);
  require_multiple("columns", image.size(3), factors.columns);
  return image.narrow(2, 0, image.size(2) / factors.rows)
      .narrow(3, 0, image.size(3) / factors.columns)
      .contiguous();
}

torch::Tensor untruncate(const torch::Tensor& image, const CmxFactors& factors, double fill) {
  return torch::constant_pad_nd(
      image, {0, image.size(3) * (factors.columns - 1), 0, image.size(2) * (factors.rows - 1)}, fill);
}

}  // namespace ictus::dsp
