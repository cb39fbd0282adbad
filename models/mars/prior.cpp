#include "models/mars/prior.hpp"

#include <numbers>

#include "formats/token_prior.hpp"
#include "lib/core/error.hpp"

namespace ictus::models {
namespace {

/// What goes through the network stays below it, as it does in whole numbers.
constexpr double kMost = static_cast<double>(formats::kMaxActivation) / (1 << formats::kActivationBits);

torch::Tensor activation(const torch::Tensor& sums) { return sums.clamp(0.0, kMost); }

}  // namespace

formats::PyramidShape PriorConfig::shape() const {
  formats::PyramidShape made;
  made.clip_samples = clip_samples;
  made.clip_columns = clip_columns;
  made.codebook_size = static_cast<std::uint32_t>(codebook_size);
  for (const auto& [rows, columns] : scales)
    made.scales.push_back({static_cast<std::uint16_t>(rows), static_cast<std::uint16_t>(columns)});
  return made;
}

void check(const PriorConfig& config) {
  if (config.id.empty()) throw Error("the configuration's id is empty");
  if (config.hidden < 1 || config.hidden > 4096)
    throw Error("the configuration's hidden must be from 1 to 4096");
  if (config.code_size < 1 || config.codebook_size < 2 || config.scales.empty() || config.clip_columns < 1)
    throw Error("the configuration is not that of a tokenizer's tokens");
}

PriorContexts prior_contexts(const PriorConfig& config, std::span<const formats::TokenContext> contexts) {
  const auto count = static_cast<std::int64_t>(contexts.size());
  const auto coarser = static_cast<std::int64_t>(config.scales.size()) - 1;
  const auto beside = static_cast<std::int64_t>(formats::kBesideTokens);
  const auto places = static_cast<std::int64_t>(formats::kAroundPlaces);
  const torch::TensorOptions whole = torch::kLong;
  PriorContexts made{torch::empty({count, beside}, whole),
                     torch::full({count, coarser, places}, config.codebook_size, whole),
                     torch::full({count, 2}, config.codebook_size, whole), torch::empty({count}, whole),
                     torch::empty({count}, whole)};
  const auto number = [&config](std::int32_t token) {
    return token == formats::kNoToken ? std::int64_t{config.codebook_size} : std::int64_t{token};
  };
  auto beside_at = made.beside.accessor<std::int64_t, 2>();
  auto around_at = made.around.accessor<std::int64_t, 3>();
  auto above_at = made.above.accessor<std::int64_t, 2>();
  for (std::int64_t i = 0; i < count; ++i) {
    const formats::TokenContext& context = contexts[static_cast<std::size_t>(i)];
    const auto scales = static_cast<std::int64_t>(context.around.size());
    for (std::int64_t k = 0; k < beside; ++k)
      beside_at[i][k] = number(context.beside[static_cast<std::size_t>(k)]);
    for (std::int64_t s = 0; s < scales; ++s)
      for (std::int64_t k = 0; k < places; ++k)
        around_at[i][s][k] = number(context.around[static_cast<std::size_t>(s)][static_cast<std::size_t>(k)]);
    for (std::int64_t k = 0; k < 2 && k < scales; ++k)
      above_at[i][k] = number(context.around[static_cast<std::size_t>(scales - 1 - k)][formats::kOwnPlace]);
    made.row[i] = static_cast<std::int64_t>(context.row);
    made.column[i] = static_cast<std::int64_t>(context.column);
  }
  return made;
}

PriorNetworkImpl::PriorNetworkImpl(const PriorConfig& config) {
  const formats::PyramidShape shape = config.shape();
  const auto inputs = static_cast<std::int64_t>(formats::kContextVectors) * config.code_size;
  codes_ = register_parameter("codes", torch::randn({config.codebook_size, config.code_size}));
  rows_ = register_parameter(
      "rows", torch::zeros({static_cast<std::int64_t>(formats::all_rows(shape)), config.hidden}));
  columns_ = register_parameter(
      "columns", torch::zeros({static_cast<std::int64_t>(formats::all_columns(shape)), config.hidden}));
  first_ = register_module("first",
                           torch::nn::Linear(torch::nn::LinearOptions(inputs, config.hidden).bias(false)));
  second_ = register_module("second", torch::nn::Linear(config.hidden, config.hidden));
  last_ = register_module("last", torch::nn::Linear(config.hidden, config.codebook_size));
}

void PriorNetworkImpl::take_codes(const torch::Tensor& codes) {
  torch::NoGradGuard no_grad;
  codes_.copy_(codes / codes.square().mean().sqrt());
}

torch::Tensor PriorNetworkImpl::forward(const PriorContexts& contexts) {
  const std::int64_t count = contexts.row.size(0);
  const torch::Tensor codes = torch::cat({codes_, torch::zeros({1, codes_.size(1)}, codes_.options())});
  const auto looked_up = [&codes](const torch::Tensor& tokens) {
    std::vector<std::int64_t> shape = tokens.sizes().vec();
    shape.push_back(codes.size(1));
    return codes.index_select(0, tokens.reshape({-1})).reshape(shape);  // [..., code size]
  };
  const torch::Tensor around =
      looked_up(contexts.around).sum(1).clamp(-kMost, kMost);  // [B, places, code size]
  const torch::Tensor inputs = torch::cat(
      {looked_up(contexts.beside).flatten(1), around.flatten(1), looked_up(contexts.above).flatten(1)}, 1);
  const torch::Tensor place = rows_.index_select(0, contexts.row) + columns_.index_select(0, contexts.column);
  const torch::Tensor first = activation(first_->forward(inputs.reshape({count, -1})) + place);
  const torch::Tensor second = (first + activation(second_->forward(first))).clamp_max(kMost);
  return std::numbers::ln2 *
         last_->forward(second);  // whole numbers are shifted: logarithms to the base of 2
}

}  // namespace ictus::models
