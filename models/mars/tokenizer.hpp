// A tokenizer: its configuration, its networks, and their weights by name.
#pragma once

#include "lib/dsp/torch_compat.hpp"
#include "models/mars/config.hpp"
#include "models/mars/network.hpp"
#include "models/mars/quantiser.hpp"
#include "models/named_tensors.hpp"

namespace ictus::models {

class Tokenizer {
 public:
  /// Weights start at random, from torch's seed. Throws ictus::Error as check() does.
  Tokenizer(const TokenizerConfig& config, const torch::Device& device);
  Tokenizer(const Tokenizer&) = delete;
  Tokenizer& operator=(const Tokenizer&) = delete;

  const TokenizerConfig config;
  const torch::Device device;
  TokenizerEncoder encoder{nullptr};
  Quantiser quantiser{nullptr};
  TokenizerDecoder decoder{nullptr};

  /// The image [B, 1, bins, columns * column frames] that pyramids of tokens [B, rows, columns] of the
  /// coarsest tokens.size() scales stand for, in clips of `columns` columns.
  [[nodiscard]] torch::Tensor image_of_tokens(const std::vector<torch::Tensor>& tokens, std::int64_t columns);

  [[nodiscard]] NamedTensors parameters() const;
  /// Throws ictus::Error that names the first tensor that is missing, unknown or of another shape.
  void load(const NamedTensors& tensors);
};

}  // namespace ictus::models
