// The network that expects tokens where they stand, as it is trained; formats/token_prior.hpp is the same in
// whole numbers, by which files are packed.
#pragma once

#include <span>

#include "formats/token_context.hpp"
#include "lib/dsp/torch_compat.hpp"
#include "models/mars/prior_config.hpp"

namespace ictus::models {

/// What tokens are expected from. Where there is no token, its number is that of the codebook's size.
struct PriorContexts {
  torch::Tensor beside;       ///< [B, beside tokens]
  torch::Tensor around;       ///< [B, scales - 1, around places]
  torch::Tensor above;        ///< [B, 2], the next two coarser ones at its own place
  torch::Tensor row, column;  ///< [B]
};

/// Of many tokens at once.
PriorContexts prior_contexts(const PriorConfig& config, std::span<const formats::TokenContext> contexts);

class PriorNetworkImpl : public torch::nn::Module {
 public:
  explicit PriorNetworkImpl(const PriorConfig& config);

  /// Starts from a tokenizer's codes [codebook size, code size], brought to a mean square of 1.
  void take_codes(const torch::Tensor& codes);
  /// Logits [B, codebook size], to the base of e.
  torch::Tensor forward(const PriorContexts& contexts);

 private:
  torch::Tensor codes_;           // [codebook size, code size]
  torch::Tensor rows_, columns_;  // [all rows, hidden], [all columns, hidden]
  torch::nn::Linear first_{nullptr}, second_{nullptr}, last_{nullptr};
};
TORCH_MODULE(PriorNetwork);

}  // namespace ictus::models
