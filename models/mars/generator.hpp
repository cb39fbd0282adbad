// The transformer that writes token pyramids, scale by scale or, to compare, token by token.
//
// After Tian, Jiang, Yuan, Peng and Wang, "Visual Autoregressive Modeling" (2024), section 3: every token of
// a scale is predicted at once from all coarser scales; the input of a scale is the sum of the coarser
// scales' codes, brought to its size; the label enters through the normalisation of every block and as the
// first token.
#pragma once

#include <vector>

#include "lib/dsp/torch_compat.hpp"
#include "models/mars/generator_config.hpp"
#include "models/mars/quantiser.hpp"

namespace ictus::models {

/// Labels of a batch as whole numbers [B]. In each, the number after the last means: not said.
struct Labels {
  torch::Tensor family;      ///< 0 .. families
  torch::Tensor instrument;  ///< 0 .. instruments
  torch::Tensor pitch;       ///< 0 .. pitches, counted from the lowest
  torch::Tensor velocity;    ///< 0 .. 127; 0: not said

  /// Of `count` notes of which nothing is said.
  Labels(const GeneratorConfig& config, std::int64_t count);
  [[nodiscard]] Labels to(const torch::Device& device) const;
};

/// Labels as the network sees them.
struct Condition {
  torch::Tensor whole;   ///< [B, width]
  torch::Tensor places;  ///< what the pitch looks like at each token's place, [B, tokens, width]
};

/// Tones that show the network what a pitch looks like: a sawtooth, a square and a sine.
inline constexpr int kTones = 3;

/// Keys and values of what was written so far, for each block: [B, heads, tokens, width / heads], of which
/// the first `length` tokens are there.
struct Memory {
  std::vector<torch::Tensor> keys, values;
  std::int64_t length = 0;
};

class GeneratorImpl : public torch::nn::Module {
 public:
  explicit GeneratorImpl(const GeneratorConfig& config);

  Condition condition(const Labels& labels);

  /// The tokenizer's latent vectors of tones of each pitch, [pitches, rows of the finest scale, tones * code
  /// size]. Training starts from them: where a pitch's partials lie in the grid of codes need not be learned
  /// from examples of every pitch.
  void show_pitches(const torch::Tensor& latents);

  /// Training: what to predict from, for pyramids of all scales or of the coarsest ones. `sums` are the sums
  /// of the coarser scales' codes at the size of each scale but the first, one after the other, [B, tokens -
  /// first scale's, code size]; `before`, for the order "tokens" alone, the codes of the tokens one earlier,
  /// [B, tokens - 1, code size]. Returns logits [B, tokens, codebook size].
  torch::Tensor forward(const Condition& condition, const torch::Tensor& sums, const torch::Tensor& before);

  /// Generation: logits [B, count, codebook size] of the `count` tokens from `first` on, after those in
  /// `memory`, which grows. `sums` [B, count, code size] as above, undefined for the first scale; `before`
  /// [B, 1, code size] for the order "tokens", undefined for the first token.
  torch::Tensor next(const Condition& condition, std::int64_t first, std::int64_t count,
                     const torch::Tensor& sums, const torch::Tensor& before, Memory& memory);

  /// Matrix products in bfloat16 (for training; twice as fast where the processor has them).
  void use_bfloat16(bool on);

 private:
  GeneratorConfig config_;
  torch::nn::Embedding family_{nullptr}, instrument_{nullptr}, pitch_{nullptr};
  torch::nn::Linear velocity_{nullptr}, sum_{nullptr}, before_{nullptr}, last_modulation_{nullptr},
      logits_{nullptr};
  torch::Tensor no_velocity_, start_, places_;  // places_: [tokens, width]
  torch::nn::Linear shown_{nullptr};
  torch::Tensor shapes_;  // [pitches + 1, rows, tones * code size], the last is zero
  torch::nn::ModuleList blocks_;
  torch::Tensor mask_;  // [tokens, tokens], -inf where a token must not look
  bool bfloat16_ = false;
};
TORCH_MODULE(Generator);

/// Sums of the codes of a pyramid while it grows: what the next scale is predicted from.
class PyramidSum {
 public:
  /// `quantiser` is that of the tokenizer; [B, code size, height, width] is its latent grid's size.
  PyramidSum(QuantiserImpl& quantiser, std::int64_t batch, std::int64_t code_size, std::int64_t height,
             std::int64_t width, const torch::Device& device);
  /// Adds the tokens [B, rows, columns] of the next scale.
  void add(const torch::Tensor& tokens);
  /// The sum so far, [B, code size, height, width].
  [[nodiscard]] const torch::Tensor& whole() const { return sum_; }
  /// The sum so far, averaged over the cells of a grid: [B, rows * columns, code size].
  [[nodiscard]] torch::Tensor at(std::int64_t rows, std::int64_t columns) const;

 private:
  QuantiserImpl& quantiser_;
  std::size_t scale_ = 0;
  torch::Tensor sum_;  // [B, code size, height, width]
};

}  // namespace ictus::models
