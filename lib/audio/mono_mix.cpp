#include "lib/audio/mono_mix.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace ictus::audio {
namespace {

/// Mean power of the channels from which on sound counts: -60 dB re full scale.
constexpr double kAudiblePower = 1e-6;
/// A mix that has less than this of the channels' power has lost them: -15 dB.
constexpr double kCancelled = 0.0316;
/// One that has more than this has them again: -6 dB.
constexpr double kKept = 0.251;
constexpr double kSaidLossDb = 6.0;
constexpr double kBlockS = 0.1;
constexpr double kFadeS = 0.01;

double weight(Speaker speaker) {
  constexpr double kHalfPower = std::numbers::sqrt2 / 2.0;
  switch (speaker) {
    case Speaker::front_centre:
      return 1.0;
    case Speaker::front_left:
    case Speaker::front_right:
    case Speaker::front_left_of_centre:
    case Speaker::front_right_of_centre:
      return kHalfPower;
    case Speaker::low_frequency:
      return 0.0;
    default:  // behind, beside and above
      return 0.5;
  }
}

double power(std::span<const double> samples) {
  return std::inner_product(samples.begin(), samples.end(), samples.begin(), 0.0);
}

/// Fewer where many channels at a high rate would take much memory.
std::size_t block_frames(std::size_t channels, int sample_rate_hz) {
  constexpr std::size_t kMostSamples = 1 << 20;
  const auto frames = static_cast<std::size_t>(std::ceil(kBlockS * sample_rate_hz));
  return std::max<std::size_t>(1, std::min(frames, kMostSamples / channels));
}

std::string seconds(double amount) {
  const auto tenths = static_cast<long long>(std::llround(10.0 * amount));
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

}  // namespace

std::vector<double> mono_weights(const Speakers& speakers, std::size_t channels) {
  const auto is_low = [](Speaker speaker) { return speaker == Speaker::low_frequency; };
  const auto full_range =
      speakers.size() - static_cast<std::size_t>(std::count_if(speakers.begin(), speakers.end(), is_low));
  if (speakers.size() != channels || full_range == 0) {
    return std::vector<double>(channels, 1.0 / static_cast<double>(channels));
  }
  // Of one or two channels, wherever they belong, as of plain mono and stereo.
  std::vector<double> weights;
  for (const Speaker speaker : speakers) {
    weights.push_back(full_range > 2 || is_low(speaker) ? weight(speaker)
                                                        : 1.0 / static_cast<double>(full_range));
  }
  return weights;
}

MonoMix::MonoMix(const Speakers& speakers, std::size_t channels, int sample_rate_hz)
    : channels_(channels),
      sample_rate_hz_(sample_rate_hz),
      block_samples_(channels * block_frames(channels, sample_rate_hz)),
      plain_(mono_weights(speakers, channels)),
      in_use_(plain_) {}

void MonoMix::push(std::span<const float> interleaved, std::vector<float>& mono) {
  // What is this far beyond full scale is no sound either, and would overflow in filters.
  constexpr float kLargest = 1e30f;
  const auto finite = [this](float sample) {
    if (std::abs(sample) <= kLargest) return sample;
    ++non_finite_samples_;
    return 0.0f;
  };
  if (channels_ == 1) {
    std::transform(interleaved.begin(), interleaved.end(), std::back_inserter(mono), finite);
    return;
  }
  while (!interleaved.empty()) {
    const std::size_t count = std::min(block_samples_ - block_.size(), interleaved.size());
    std::transform(interleaved.begin(), interleaved.begin() + static_cast<std::ptrdiff_t>(count),
                   std::back_inserter(block_), finite);
    interleaved = interleaved.subspan(count);
    if (block_.size() == block_samples_) mix_block(mono);
  }
}

void MonoMix::finish(std::vector<float>& mono) {
  if (!block_.empty()) mix_block(mono);
}

std::vector<std::string> MonoMix::remarks() const {
  std::vector<std::string> remarks;
  if (reversed_frames_ > 0) {
    remarks.push_back("its channels cancel each other for " +
                      seconds(static_cast<double>(reversed_frames_) / sample_rate_hz_) + ", first at " +
                      seconds(static_cast<double>(first_reversed_) / sample_rate_hz_) +
                      "; there channels were mixed with reversed polarity, so that they are heard");
  }
  const bool is_audible = channel_power_ > kAudiblePower * static_cast<double>(frames_);
  const double loss_db = 10.0 * std::log10(channel_power_ / std::max(mix_power_, 1e-30));
  if (is_audible && loss_db > kSaidLossDb) {
    const std::string amount =
        mix_power_ <= 0.0 ? std::string("all") : std::to_string(std::lround(loss_db)) + " dB";
    remarks.push_back("the mix of its " + std::to_string(channels_) + " channels to one lost " + amount +
                      " of their power; to hear one of them alone, take it out first: sox IN OUT remix 1");
  }
  return remarks;
}

void MonoMix::mix_block(std::vector<float>& mono) {
  const std::size_t frames = block_.size() / channels_;
  mixed_.resize(frames);
  mix_with(plain_, mixed_);
  const double channel_power = std::accumulate(block_.begin(), block_.end(), 0.0,
                                               [](double sum, float x) {
                                                 return sum + static_cast<double>(x) * static_cast<double>(x);
                                               }) /
                               static_cast<double>(channels_);
  const double plain_power = power(mixed_);
  const bool is_audible = channel_power > kAudiblePower * static_cast<double>(frames);
  std::vector<double> wanted = in_use_;
  if (is_audible && plain_power < kCancelled * channel_power) wanted = reversed_weights();
  if (is_audible && plain_power > kKept * channel_power) wanted = plain_;

  mix_with(wanted, mixed_);
  if (wanted != in_use_ && frames_ > 0) {
    faded_in_ = mixed_;
    mix_with(in_use_, mixed_);
    const double fade = std::min(static_cast<double>(frames), std::max(1.0, kFadeS * sample_rate_hz_));
    for (std::size_t frame = 0; frame < frames; ++frame) {
      const double part = std::min(1.0, static_cast<double>(frame + 1) / fade);
      mixed_[frame] += part * (faded_in_[frame] - mixed_[frame]);
    }
  }
  in_use_ = wanted;
  if (in_use_ != plain_) {
    if (reversed_frames_ == 0) first_reversed_ = frames_;
    reversed_frames_ += frames;
  }
  frames_ += frames;
  channel_power_ += channel_power;
  mix_power_ += power(mixed_);
  for (const double sample : mixed_) mono.push_back(static_cast<float>(sample));
  block_.clear();
}

void MonoMix::mix_with(const std::vector<double>& weights, std::vector<double>& mixed) const {
  const float* in = block_.data();
  for (double& sample : mixed) {
    sample = 0.0;
    for (const double factor : weights) sample += factor * static_cast<double>(*in++);
  }
}

/// The loudest channel first, each of the others so that it adds to what is there.
std::vector<double> MonoMix::reversed_weights() const {
  const std::size_t frames = block_.size() / channels_;
  const auto sample = [&](std::size_t frame, std::size_t channel) {
    return plain_[channel] * static_cast<double>(block_[frame * channels_ + channel]);
  };
  std::vector<double> powers(channels_);
  for (std::size_t i = 0; i < block_.size(); ++i) {
    const double value = sample(i / channels_, i % channels_);
    powers[i % channels_] += value * value;
  }
  std::vector<std::size_t> order(channels_);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return powers[a] > powers[b]; });

  std::vector<double> weights = plain_;
  std::vector<double> sum(frames);
  for (const std::size_t channel : order) {
    double correlation = 0.0;
    for (std::size_t frame = 0; frame < frames; ++frame) correlation += sum[frame] * sample(frame, channel);
    const double sign = correlation < 0.0 ? -1.0 : 1.0;
    weights[channel] *= sign;
    for (std::size_t frame = 0; frame < frames; ++frame) sum[frame] += sign * sample(frame, channel);
  }
  return weights;
}

}  // namespace ictus::audio
