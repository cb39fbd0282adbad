// Choosing tokens by chance from what the generator finds likely.
#pragma once

#include <cstdint>
#include <random>
#include <span>

#include "lib/dsp/torch_compat.hpp"

namespace ictus::mars {

struct SamplingSettings {
  /// How far to go from what is likely for any note towards what is likely for the one that was asked for,
  /// and beyond: logits = without label + guidance * (with label - without). 1: as trained, and twice as
  /// fast. (Ho and Salimans, "Classifier-free diffusion guidance", 2022.)
  double guidance = 2.0;
  double temperature = 1.0;  ///< the logits are divided by it; 0: always the likeliest token
  int top_k = 0;             ///< only the so many likeliest tokens; 0: all
  double top_p = 1.0;        ///< only the likeliest tokens that have so much of the chance together
  /// How much a token follows those beside it: so much of the logarithm of what a token prior expects is
  /// added to its logits. Tokens of a scale are written at once, and know nothing of each other without.
  double coherence = 0.0;
};

/// Throws ictus::Error that names the first value that is out of range.
void check(const SamplingSettings& settings);

/// One token by its `logits`, one for each of the codebook.
std::int64_t sample_token(std::span<const float> logits, const SamplingSettings& settings,
                          std::mt19937_64& random);

/// One token for each row of `logits` [n, V], float32 on the processor: whole numbers [n]. The same numbers
/// come out for the same state of `random`, whatever the number of threads.
torch::Tensor sample(const torch::Tensor& logits, const SamplingSettings& settings, std::mt19937_64& random);

}  // namespace ictus::mars
