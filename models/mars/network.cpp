#include "models/mars/network.hpp"

#include <cmath>

#include "lib/dsp/cmx.hpp"

namespace ictus::models {
namespace {

namespace nn = torch::nn;

constexpr int kGroups = 8;  // of channels that are normalised together

nn::Conv2d conv(std::int64_t from, std::int64_t to, std::int64_t size, std::int64_t stride = 1) {
  return nn::Conv2d(nn::Conv2dOptions(from, to, size).stride(stride).padding(size / 2));
}

/// A layer that changes nothing at first: training starts from the identity.
nn::Conv2d silent(nn::Conv2d layer) {
  nn::init::zeros_(layer->weight);
  nn::init::zeros_(layer->bias);
  return layer;
}

/// x + two convolutions of x.
class ResidualImpl : public nn::Module {
 public:
  explicit ResidualImpl(std::int64_t channels) {
    norm1_ = register_module("norm1", nn::GroupNorm(kGroups, channels));
    conv1_ = register_module("conv1", conv(channels, channels, 3));
    norm2_ = register_module("norm2", nn::GroupNorm(kGroups, channels));
    conv2_ = register_module("conv2", silent(conv(channels, channels, 3)));
  }
  torch::Tensor forward(const torch::Tensor& x) {
    const torch::Tensor inner = conv1_->forward(torch::silu(norm1_->forward(x)));
    return x + conv2_->forward(torch::silu(norm2_->forward(inner)));
  }

 private:
  nn::GroupNorm norm1_{nullptr}, norm2_{nullptr};
  nn::Conv2d conv1_{nullptr}, conv2_{nullptr};
};
TORCH_MODULE(Residual);

/// x + what every place of the grid learns from all others: partials of one note lie far apart.
class AttentionImpl : public nn::Module {
 public:
  AttentionImpl(std::int64_t channels, std::int64_t heads, std::int64_t rows, std::int64_t columns)
      : heads_(heads) {
    norm_ = register_module("norm", nn::GroupNorm(kGroups, channels));
    query_key_value_ = register_module("query_key_value", conv(channels, 3 * channels, 1));
    out_ = register_module("out", silent(conv(channels, channels, 1)));
    row_ = register_parameter("row", 0.02 * torch::randn({1, channels, rows, 1}));
    column_ = register_parameter("column", 0.02 * torch::randn({1, channels, 1, columns}));
  }
  torch::Tensor forward(const torch::Tensor& x) {
    const std::int64_t channels = x.size(1);
    const torch::Tensor placed = norm_->forward(x) + row_ + column_.narrow(3, 0, x.size(3));
    const std::vector<torch::Tensor> parts =
        query_key_value_->forward(placed)
            .reshape({x.size(0), 3, heads_, channels / heads_, x.size(2) * x.size(3)})
            .unbind(1);  // three of [B, heads, C / heads, places]
    const double scale = 1.0 / std::sqrt(static_cast<double>(channels / heads_));
    const torch::Tensor weights =
        torch::softmax(torch::matmul(parts[0].transpose(2, 3), parts[1]) * scale, -1);
    return x + out_->forward(torch::matmul(parts[2], weights.transpose(2, 3)).reshape(x.sizes()));
  }

 private:
  std::int64_t heads_;
  nn::GroupNorm norm_{nullptr};
  nn::Conv2d query_key_value_{nullptr}, out_{nullptr};
  torch::Tensor row_, column_;
};
TORCH_MODULE(Attention);

Attention attention(const TokenizerConfig& c) {
  return Attention(c.inner_channels, c.attention_heads, c.latent_rows(), c.latent_columns());
}

dsp::CmxFactors factors(const TokenizerConfig& c, const FrequencyRegion& region) {
  return {region.rows, c.cmx_columns};
}

std::int64_t channels(const TokenizerConfig& c, const FrequencyRegion& region) {
  return c.truncate ? 1 : region.rows * c.cmx_columns;
}

}  // namespace

TokenizerEncoderImpl::TokenizerEncoderImpl(const TokenizerConfig& c) : config_(c) {
  for (const FrequencyRegion& region : c.cmx_regions)
    first_->push_back(conv(channels(c, region), c.outer_channels, 3));
  register_module("first", first_);
  for (int i = 0; i < c.encoder_outer_blocks; ++i) outer_->push_back(Residual(c.outer_channels));
  outer_->push_back(conv(c.outer_channels, c.inner_channels, 3, 2));  // halves rows and columns
  register_module("outer", outer_);
  if (c.full_band_channels > 0) {
    seen_ = register_module("seen", nn::Linear(c.bins(), c.full_band_hidden));
    spread_ =
        register_module("spread", nn::Linear(c.full_band_hidden, c.full_band_channels * c.latent_rows()));
    joined_ = register_module("joined", silent(conv(c.full_band_channels, c.inner_channels, 1)));
  }
  for (int i = 0; i < c.encoder_blocks; ++i) {
    inner_->push_back(Residual(c.inner_channels));
    if (c.attention_heads > 0) inner_->push_back(attention(c));
  }
  inner_->push_back(nn::GroupNorm(kGroups, c.inner_channels));
  inner_->push_back(nn::SiLU());
  inner_->push_back(conv(c.inner_channels, c.code_size, 1));
  register_module("inner", inner_);
}

torch::Tensor TokenizerEncoderImpl::forward(const torch::Tensor& image) {
  const TokenizerConfig& c = config_;
  std::vector<torch::Tensor> parts;
  std::int64_t bin = 0;
  for (std::size_t i = 0; i < c.cmx_regions.size(); ++i) {
    const FrequencyRegion& region = c.cmx_regions[i];
    const torch::Tensor own = image.narrow(2, bin, region.bins);
    const torch::Tensor multiplexed =
        c.truncate ? dsp::truncate(own, factors(c, region)) : dsp::cmx(own, factors(c, region));
    parts.push_back(first_[i]->as<nn::Conv2d>()->forward(multiplexed));
    bin += region.bins;
  }
  torch::Tensor x = outer_->forward(torch::cat(parts, 2));  // [B, inner channels, latent rows, columns]
  if (seen_) {
    const std::int64_t columns = image.size(3) / c.column_frames();
    const torch::Tensor mean =
        image.reshape({image.size(0), c.bins(), columns, c.column_frames()}).mean(3);  // [B, bins, columns]
    const torch::Tensor spread = spread_->forward(torch::silu(seen_->forward(mean.transpose(1, 2))));
    x = x + joined_->forward(spread.reshape({image.size(0), columns, c.full_band_channels, c.latent_rows()})
                                 .permute({0, 2, 3, 1}));
  }
  return inner_->forward(x);
}

TokenizerDecoderImpl::TokenizerDecoderImpl(const TokenizerConfig& c) : config_(c) {
  inner_->push_back(conv(c.code_size, c.inner_channels, 3));
  for (int i = 0; i < c.decoder_blocks; ++i) {
    if (c.attention_heads > 0) inner_->push_back(attention(c));
    inner_->push_back(Residual(c.inner_channels));
  }
  register_module("inner", inner_);
  outer_->push_back(conv(c.inner_channels, 4 * c.outer_channels, 1));
  outer_->push_back(nn::PixelShuffle(nn::PixelShuffleOptions(2)));  // doubles rows and columns
  for (int i = 0; i < c.decoder_outer_blocks; ++i) outer_->push_back(Residual(c.outer_channels));
  outer_->push_back(nn::GroupNorm(kGroups, c.outer_channels));
  outer_->push_back(nn::SiLU());
  register_module("outer", outer_);
  for (const FrequencyRegion& region : c.cmx_regions)
    last_->push_back(conv(c.outer_channels, channels(c, region), 3));
  register_module("last", last_);
  if (c.full_band_channels > 0) {
    gathered_ = register_module("gathered", conv(c.inner_channels, c.full_band_channels, 1));
    hidden_ =
        register_module("hidden", nn::Linear(c.full_band_channels * c.latent_rows(), c.full_band_hidden));
    drawn_ = register_module("drawn", nn::Linear(c.full_band_hidden, c.bins()));
    nn::init::zeros_(drawn_->weight);
    nn::init::zeros_(drawn_->bias);
  }
}

torch::Tensor TokenizerDecoderImpl::forward(const torch::Tensor& latent) {
  const TokenizerConfig& c = config_;
  const torch::Tensor x = inner_->forward(latent);  // [B, inner channels, latent rows, columns]
  const torch::Tensor outer = outer_->forward(x);   // [B, outer channels, outer rows, outer columns]
  std::vector<torch::Tensor> parts;
  std::int64_t row = 0;
  for (std::size_t i = 0; i < c.cmx_regions.size(); ++i) {
    const FrequencyRegion& region = c.cmx_regions[i];
    const std::int64_t rows = region.bins / region.rows;
    const torch::Tensor out = last_[i]->as<nn::Conv2d>()->forward(outer.narrow(2, row, rows));
    parts.push_back(c.truncate ? dsp::untruncate(out, factors(c, region), -1.0)
                               : dsp::inverse_cmx(out, factors(c, region)));
    row += rows;
  }
  const torch::Tensor image = torch::cat(parts, 2);  // [B, 1, bins, T]
  if (!gathered_) return image;
  const torch::Tensor gathered = gathered_->forward(x).permute({0, 3, 1, 2}).flatten(2);  // [B, columns, ...]
  const torch::Tensor spectra =
      drawn_->forward(torch::silu(hidden_->forward(gathered)));  // [B, columns, bins]
  return image + nn::functional::interpolate(spectra.transpose(1, 2),
                                             nn::functional::InterpolateFuncOptions()
                                                 .size(std::vector<std::int64_t>{image.size(3)})
                                                 .mode(torch::kLinear)
                                                 .align_corners(false))
                     .unsqueeze(1);
}

}  // namespace ictus::models
