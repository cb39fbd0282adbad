// Token priors in memory, for the tests.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "formats/safetensors.hpp"
#include "formats/token_prior.hpp"
#include "pyramid_helpers.hpp"

namespace ictus::formats::testing {

/// Sizes of a prior, and who wants another number somewhere.
struct PriorSizes {
  PyramidShape shape;
  std::int64_t code_size = 3, hidden = 5;
};

/// A whole number of 1 / 64 from -2 to 2 as an IEEE half.
inline std::uint16_t half_of(int sixty_fourths) {
  if (sixty_fourths == 0) return 0;
  const int size = std::abs(sixty_fourths);
  const int exponent = static_cast<int>(std::floor(std::log2(size)));
  const int fraction = (size << 10) / (1 << exponent) - 1024;
  return static_cast<std::uint16_t>((sixty_fourths < 0 ? 0x8000 : 0) | (exponent + 9) << 10 | fraction);
}

/// A weights file of random numbers below 2, for pyramids of the weights `hash`.
inline TensorFile prior_tensors(const PriorSizes& sizes, const WeightsHash& hash, std::uint64_t seed = 1) {
  const PyramidShape& shape = sizes.shape;
  nlohmann::json scales = nlohmann::json::array();
  for (const GridSize& grid : shape.scales) scales.push_back({grid.rows, grid.columns});
  TensorFile file;
  file.metadata["format"] = kTokenPriorFormat;
  file.metadata["config"] = nlohmann::json({{"id", "random"},
                                            {"tokenizer_hash", hexadecimal(hash)},
                                            {"clip_samples", shape.clip_samples},
                                            {"clip_columns", shape.clip_columns},
                                            {"codebook_size", shape.codebook_size},
                                            {"scales", scales},
                                            {"code_size", sizes.code_size},
                                            {"hidden", sizes.hidden}})
                                .dump();
  std::mt19937_64 random(seed);
  const auto put = [&](const char* name, std::vector<std::int64_t> dimensions) {
    std::int64_t count = 1;
    for (const std::int64_t side : dimensions) count *= side;
    RawTensor& tensor = file.tensors[name];
    tensor = {DType::f16, std::move(dimensions), std::vector<std::byte>(2 * static_cast<std::size_t>(count))};
    for (std::size_t i = 0; i < tensor.data.size(); i += 2) {
      const std::uint16_t half = half_of(static_cast<int>(random() % 255) - 127);
      std::memcpy(&tensor.data[i], &half, 2);
    }
  };
  const auto codebook = static_cast<std::int64_t>(shape.codebook_size);
  put("codes", {codebook, sizes.code_size});
  put("rows", {static_cast<std::int64_t>(all_rows(shape)), sizes.hidden});
  put("columns", {static_cast<std::int64_t>(all_columns(shape)), sizes.hidden});
  put("first.weight", {sizes.hidden, static_cast<std::int64_t>(kContextVectors) * sizes.code_size});
  put("second.weight", {sizes.hidden, sizes.hidden});
  put("second.bias", {sizes.hidden});
  put("last.weight", {codebook, sizes.hidden});
  put("last.bias", {codebook});
  return file;
}

inline std::shared_ptr<const TokenPrior> prior_of(const TensorFile& file) {
  return std::make_shared<const TokenPrior>(serialise_safetensors(file), "random.safetensors");
}

/// For the shape and the weights of a header.
inline std::shared_ptr<const TokenPrior> prior_for(const TokenPyramidHeader& header, std::uint64_t seed = 1) {
  return prior_of(prior_tensors({header.shape}, header.weights_hash, seed));
}

/// It, whatever is asked for.
inline FindPrior always(std::shared_ptr<const TokenPrior> prior) {
  return [prior = std::move(prior)](const PriorId& /*id*/) { return prior; };
}

}  // namespace ictus::formats::testing
