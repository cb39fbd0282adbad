#include "models/mars/quantiser.hpp"

namespace ictus::models {
namespace {

namespace F = torch::nn::functional;

/// [B, D, rows, columns] as rows of vectors [B * rows * columns, D].
torch::Tensor as_vectors(const torch::Tensor& grid) {
  return grid.permute({0, 2, 3, 1}).reshape({-1, grid.size(1)});
}

torch::Tensor unit_length(const torch::Tensor& vectors) {
  return vectors / vectors.norm(2, 1, /*keepdim=*/true).clamp_min(1e-8);
}

}  // namespace

QuantiserImpl::QuantiserImpl(const TokenizerConfig& config) : config_(config), shape_(config.shape()) {
  codes_ = register_parameter("codes", 0.1 * torch::randn({config.codebook_size, config.code_size}));
  for (std::size_t scale = 0; scale < config.scales.size(); ++scale) {
    torch::nn::Conv2d refine(torch::nn::Conv2dOptions(config.code_size, config.code_size, 3).padding(1));
    torch::nn::init::zeros_(refine->weight);
    torch::nn::init::zeros_(refine->bias);
    refinements_->push_back(refine);
  }
  register_module("refinements", refinements_);
}

torch::Tensor QuantiserImpl::averages(std::size_t scale, const torch::Tensor& rest) const {
  const auto [rows, columns] = shape_.grid(scale, static_cast<std::uint16_t>(rest.size(3)));
  return torch::adaptive_avg_pool2d(rest, {rows, columns});
}

torch::Tensor QuantiserImpl::nearest(const torch::Tensor& grid) {
  torch::NoGradGuard no_grad;
  const torch::Tensor vectors = as_vectors(grid);
  const torch::Tensor found =
      config_.cosine_search  // the vectors' own length does not change which is nearest
          ? torch::matmul(vectors, unit_length(codes_).t()).argmax(1)
          : (codes_.square().sum(1) - 2.0 * torch::matmul(vectors, codes_.t())).argmin(1);
  return found.reshape({grid.size(0), grid.size(2), grid.size(3)});
}

torch::Tensor QuantiserImpl::contribution(std::size_t scale, const torch::Tensor& tokens, std::int64_t height,
                                          std::int64_t width) {
  torch::Tensor codes = codes_.index_select(0, tokens.reshape({-1}))
                            .reshape({tokens.size(0), tokens.size(1), tokens.size(2), config_.code_size})
                            .permute({0, 3, 1, 2});  // [B, D, rows, columns]
  if (tokens.size(1) != height || tokens.size(2) != width)
    codes = F::interpolate(codes, F::InterpolateFuncOptions()
                                      .size(std::vector<std::int64_t>{height, width})
                                      .mode(torch::kBicubic)
                                      .align_corners(false));
  return codes + 0.5 * refinements_[scale]->as<torch::nn::Conv2d>()->forward(codes);
}

Quantised QuantiserImpl::quantise(const torch::Tensor& latent, const torch::Tensor& keep,
                                  const torch::Tensor& keep_of_batch) {
  const std::int64_t height = latent.size(2);
  const std::int64_t width = latent.size(3);
  Quantised out;
  out.sum = torch::zeros_like(latent);
  out.code_loss = torch::zeros({}, latent.options());
  out.commitment = torch::zeros({}, latent.options());
  const torch::Tensor target = latent.detach();
  torch::Tensor rest = target;
  for (std::size_t scale = 0; scale < shape_.scales.size(); ++scale) {
    out.tokens.push_back(nearest(averages(scale, rest)));
    const torch::Tensor codes = contribution(scale, out.tokens.back(), height, width);
    rest = rest - codes.detach();
    const auto is_kept = [&](const torch::Tensor& scales) {
      return scales.gt(static_cast<std::int64_t>(scale)).to(latent.dtype()).reshape({-1, 1, 1, 1});
    };
    const torch::Tensor kept = keep.defined() ? is_kept(keep) : torch::ones({}, latent.options());
    out.sum = out.sum + kept * codes;
    const torch::Tensor share =
        (keep_of_batch.defined() ? is_kept(keep_of_batch) : kept).mean().clamp_min(1e-6);
    out.code_loss = out.code_loss + (kept * (out.sum - target).square()).mean() / share;
    out.commitment = out.commitment + (kept * (out.sum.detach() - latent).square()).mean() / share;
  }
  const auto scales = static_cast<double>(shape_.scales.size());
  out.code_loss = out.code_loss / scales;
  out.commitment = out.commitment / scales;
  return out;
}

torch::Tensor QuantiserImpl::searched_vectors(const torch::Tensor& latent) {
  torch::NoGradGuard no_grad;
  const std::int64_t width = latent.size(3);
  std::vector<torch::Tensor> all;
  torch::Tensor rest = latent;
  for (std::size_t scale = 0; scale < shape_.scales.size(); ++scale) {
    const torch::Tensor looked_up = averages(scale, rest);
    all.push_back(as_vectors(looked_up));
    rest = rest - contribution(scale, nearest(looked_up), latent.size(2), width);
  }
  return torch::cat(all);
}

}  // namespace ictus::models
