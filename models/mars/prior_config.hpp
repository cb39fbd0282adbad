// Everything that shapes a token prior. It travels inside the weights file.
#pragma once

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "formats/pyramid_shape.hpp"

namespace ictus::models {

struct PriorConfig {
  std::string id = "mars-1-prior";
  int hidden = 256;  ///< units of each of the two layers

  // What must be as the tokenizer has it; set from it when training begins.
  std::string tokenizer_id;
  std::string tokenizer_hash;  ///< of its weights, as `ictus info --model` prints it
  std::uint32_t clip_samples = 65536;
  std::uint16_t clip_columns = 16;
  int code_size = 32;
  int codebook_size = 2048;
  std::vector<std::array<int, 2>> scales = {{1, 1}, {2, 2}, {4, 3}, {6, 4}, {8, 6}, {12, 8}, {16, 14}};

  [[nodiscard]] formats::PyramidShape shape() const;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(PriorConfig, id, hidden, tokenizer_id, tokenizer_hash,
                                                clip_samples, clip_columns, code_size, codebook_size, scales)

/// Throws ictus::Error that names the first value that makes no sense.
void check(const PriorConfig& config);

}  // namespace ictus::models
