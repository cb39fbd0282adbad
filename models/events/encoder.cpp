#include "models/events/encoder.hpp"

#include <cmath>

namespace ictus::models {
namespace {

/// Normalises every frame over its channels to unit mean square (Zhang and Sennrich 2019).
torch::Tensor rms_norm(const torch::Tensor& x, const torch::Tensor& scale) {  // [B, C, T]
  return x * torch::rsqrt(x.square().mean(1, true) + 1e-6) * scale.unsqueeze(-1);
}

}  // namespace

Proposal joined(const std::vector<Proposal>& proposals) {
  std::vector<torch::Tensor> vectors, log_gains, onsets;
  for (const Proposal& one : proposals) {
    vectors.push_back(one.vectors);
    log_gains.push_back(one.log_gain);
    onsets.push_back(one.onset_samples);
  }
  return {torch::cat(vectors, 1), torch::cat(log_gains, 1), torch::cat(onsets, 1)};
}

EventEncoderImpl::EventEncoderImpl(const EventModelConfig& config, const dsp::Bands& bands)
    : config_(config), widths_(bands.fine_widths) {
  const int channels = config_.encoder_channels;
  const int inputs = 2 * (config_.bands.fine_bands + config_.bands.coarse_bands * config_.coarse_per_fine());
  in_ = register_module("in", torch::nn::Conv1d(torch::nn::Conv1dOptions(inputs, channels, 1)));
  layers_ = register_module("layers", torch::nn::ModuleList());
  for (const int dilation : config_.encoder_dilations) {
    // One convolution makes the values and their gates (van den Oord et al. 2016, eq. 2).
    layers_->push_back(torch::nn::Conv1d(
        torch::nn::Conv1dOptions(channels, 2 * channels, 3).padding(dilation).dilation(dilation)));
    scales_.push_back(register_parameter("scale" + std::to_string(scales_.size()), torch::ones({channels})));
  }
  scales_.push_back(register_parameter("scale_out", torch::ones({channels})));
  out_ = register_module("out", torch::nn::Conv1d(torch::nn::Conv1dOptions(channels, channels, 1)));
  heads_ = register_module("heads",
                           torch::nn::Conv1d(torch::nn::Conv1dOptions(channels, kEventVectorSize + 3, 1)));
}

torch::Tensor EventEncoderImpl::features(const PowerMaps& maps) const {
  const std::int64_t frames = config_.seen_frames();
  const std::int64_t per_fine = config_.coarse_per_fine();
  const torch::Tensor fine = level_feature(maps.fine.narrow(2, 0, frames));
  // The short frames within a long one become channels: [B, bands, T * n] -> [B, bands * n, T].
  const torch::Tensor coarse = level_feature(maps.coarse.narrow(2, 0, frames * per_fine));
  return torch::cat({fine, coarse.unflatten(2, {frames, per_fine}).permute({0, 1, 3, 2}).flatten(1, 2)}, 1);
}

Proposal EventEncoderImpl::propose(const PowerMaps& sound, const PowerMaps& explained, std::int64_t count,
                                   const torch::Tensor& score_noise) {
  torch::Tensor x = in_(torch::cat({features(sound), features(explained)}, 1));  // [B, C, T]
  torch::Tensor sum = torch::zeros_like(x);
  for (std::size_t i = 0; i < layers_->size(); ++i) {
    const auto parts = layers_->at<torch::nn::Conv1dImpl>(i).forward(rms_norm(x, scales_[i])).chunk(2, 1);
    const torch::Tensor y = torch::tanh(parts[0]) * torch::sigmoid(parts[1]);
    x = x + y;
    sum = sum + y;
  }
  const std::int64_t frames = config_.hop_frames();
  x = torch::silu(out_(rms_norm(x + sum, scales_.back()).narrow(2, 0, frames)));
  const torch::Tensor heads = heads_(x).transpose(1, 2);  // [B, frames, 32 + 3]
  const torch::Tensor vectors = heads.narrow(2, 0, kEventVectorSize);
  const torch::Tensor gain = heads.select(2, kEventVectorSize);
  const torch::Tensor score = heads.select(2, kEventVectorSize + 1);
  const torch::Tensor fine_time = heads.select(2, kEventVectorSize + 2);

  // A gain is said relative to the power that is left around the frame.
  const torch::Tensor residual = torch::relu(sound.fine - explained.fine).narrow(2, 0, frames + kGainFrames);
  const torch::Tensor mean_square = torch::matmul(widths_ * (2.0 / config_.bands.fine_window_samples),
                                                  residual);  // [B, frames + kGainFrames]
  const torch::Tensor near =
      torch::max_pool1d(mean_square.unsqueeze(1), kGainFrames + 1, 1).squeeze(1);  // [B, frames]
  const torch::Tensor log_near = torch::log(near + 1e-9).detach();

  // The best frames, none beside another.
  torch::Tensor open = score.detach();
  if (score_noise.defined()) open = open + score_noise;
  std::vector<torch::Tensor> picks;
  const torch::Tensor positions = torch::arange(frames, open.options());
  for (std::int64_t i = 0; i < count; ++i) {
    const torch::Tensor pick = open.argmax(1, true);  // [B, 1]
    picks.push_back(pick);
    open = open.masked_fill((positions - pick).abs() <= 1, -1e9);
  }
  const torch::Tensor at = torch::cat(picks, 1);  // [B, E]

  Proposal out;
  out.vectors = torch::tanh(vectors.gather(1, at.unsqueeze(-1).expand({-1, -1, kEventVectorSize})));
  // The score earns its gradient by scaling what was picked.
  out.log_gain = log_near.gather(1, at) + gain.gather(1, at) + torch::log_sigmoid(score.gather(1, at));
  out.onset_samples =
      (at + 1.5 * torch::tanh(fine_time.gather(1, at))) * static_cast<double>(config_.bands.fine_hop_samples);
  return out;
}

}  // namespace ictus::models
