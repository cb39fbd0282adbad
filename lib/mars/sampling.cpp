#include "lib/mars/sampling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <vector>

#include "lib/core/error.hpp"

namespace ictus::mars {
namespace {

void require(bool holds, const std::string& what) {
  if (!holds) throw Error(what);
}

/// From 0 to 1, without 1: the same on every standard library, unlike std::uniform_real_distribution.
double uniform(std::mt19937_64& random) { return static_cast<double>(random() >> 11U) * 0x1p-53; }

}  // namespace

void check(const SamplingSettings& s) {
  require(s.guidance >= 0.0 && s.guidance <= 100.0,
          fmt::format("guidance is {}, and must be from 0 to 100", s.guidance));
  require(s.temperature >= 0.0 && s.temperature <= 100.0,
          fmt::format("temperature is {}, and must be from 0 to 100", s.temperature));
  require(s.top_k >= 0, fmt::format("top_k is {}, and must not be negative", s.top_k));
  require(s.top_p > 0.0 && s.top_p <= 1.0,
          fmt::format("top_p is {}, and must be above 0 and at most 1", s.top_p));
  require(s.coherence >= 0.0 && s.coherence <= 10.0,
          fmt::format("coherence is {}, and must be from 0 to 10", s.coherence));
}

std::int64_t sample_token(std::span<const float> logits, const SamplingSettings& s, std::mt19937_64& random) {
  const auto count = static_cast<std::int64_t>(logits.size());
  const double chance = uniform(random);  // drawn in any case, so that settings do not shift what follows
  if (s.temperature == 0.0) return std::max_element(logits.begin(), logits.end()) - logits.begin();
  // Ties fall to the lower number.
  const auto likelier = [logits](std::uint32_t a, std::uint32_t b) {
    return logits[a] > logits[b] || (logits[a] == logits[b] && a < b);
  };
  std::vector<std::uint32_t> tokens(static_cast<std::size_t>(count));
  std::iota(tokens.begin(), tokens.end(), 0);
  if (s.top_k > 0 && s.top_k < count) {
    std::nth_element(tokens.begin(), tokens.begin() + s.top_k, tokens.end(), likelier);
    tokens.resize(static_cast<std::size_t>(s.top_k));
  }
  std::sort(tokens.begin(), tokens.end(), likelier);
  std::vector<double> sums(tokens.size());  // of chances so far
  double sum = 0.0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    sum += std::exp(static_cast<double>(logits[tokens[i]] - logits[tokens[0]]) / s.temperature);
    sums[i] = sum;
  }
  // The nucleus: as few as reach top_p, at least one.
  const auto enough = std::lower_bound(sums.begin(), sums.end(), s.top_p * sum);
  const auto last = enough == sums.end() ? std::prev(sums.end()) : enough;
  const auto found = std::upper_bound(sums.begin(), last, chance * *last);
  return tokens[static_cast<std::size_t>(found - sums.begin())];
}

torch::Tensor sample(const torch::Tensor& logits, const SamplingSettings& settings, std::mt19937_64& random) {
  const torch::Tensor plain = logits.to(torch::kCPU, torch::kFloat).contiguous();
  torch::Tensor tokens = torch::empty({plain.size(0)}, torch::kLong);
  for (std::int64_t i = 0; i < plain.size(0); ++i)
    tokens.data_ptr<std::int64_t>()[i] =
        sample_token({plain.data_ptr<float>() + i * plain.size(1), static_cast<std::size_t>(plain.size(1))},
                     settings, random);
  return tokens;
}

}  // namespace ictus::mars
