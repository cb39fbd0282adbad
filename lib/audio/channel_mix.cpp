#include "lib/audio/channel_mix.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <stdexcept>
#include <utility>

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

constexpr double kHalfPower = std::numbers::sqrt2 / 2.0;

double weight(Speaker speaker) {
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

enum class Side { left, right, both };

Side side(Speaker speaker) {
  switch (speaker) {
    case Speaker::front_left:
    case Speaker::front_left_of_centre:
    case Speaker::back_left:
    case Speaker::side_left:
    case Speaker::top_front_left:
    case Speaker::top_back_left:
      return Side::left;
    case Speaker::front_right:
    case Speaker::front_right_of_centre:
    case Speaker::back_right:
    case Speaker::side_right:
    case Speaker::top_front_right:
    case Speaker::top_back_right:
      return Side::right;
    default:
      return Side::both;
  }
}

/// How much of a channel goes to each side that it goes to.
double side_weight(Speaker speaker) {
  switch (speaker) {
    case Speaker::front_left:
    case Speaker::front_right:
    case Speaker::front_left_of_centre:
    case Speaker::front_right_of_centre:
      return 1.0;
    case Speaker::low_frequency:
      return 0.0;
    default:
      // Of what is in the middle the front keeps its power, and what is behind or above has half of it.
      return speaker == Speaker::front_centre || side(speaker) != Side::both ? kHalfPower : 0.5;
  }
}

bool is_low(Speaker speaker) { return speaker == Speaker::low_frequency; }

/// Channels that are not for low frequencies alone; 0: nothing is known of them.
std::size_t full_range_channels(const Speakers& speakers, std::size_t channels) {
  if (speakers.size() != channels) return 0;
  return channels - static_cast<std::size_t>(std::count_if(speakers.begin(), speakers.end(), is_low));
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
  const std::size_t full_range = full_range_channels(speakers, channels);
  if (full_range == 0) return std::vector<double>(channels, 1.0 / static_cast<double>(channels));
  // Of one or two channels, wherever they belong, as of plain mono and stereo.
  std::vector<double> weights;
  for (const Speaker speaker : speakers) {
    weights.push_back(full_range > 2 || is_low(speaker) ? weight(speaker)
                                                        : 1.0 / static_cast<double>(full_range));
  }
  return weights;
}

StereoWeights stereo_weights(const Speakers& speakers, std::size_t channels) {
  const std::size_t full_range = full_range_channels(speakers, channels);
  if (full_range == 0 && channels == 2) return {{1.0, 0.0}, {0.0, 1.0}};
  if (full_range < 2) {
    const std::vector<double> both = mono_weights(speakers, channels);
    return {both, both};
  }
  StereoWeights weights{std::vector<double>(channels), std::vector<double>(channels)};
  if (full_range == 2) {
    const auto is_full_range = [](Speaker speaker) { return !is_low(speaker); };
    const auto first = std::find_if(speakers.begin(), speakers.end(), is_full_range);
    const auto second = std::find_if(first + 1, speakers.end(), is_full_range);
    const bool are_swapped = side(*first) == Side::right || side(*second) == Side::left;
    const bool are_apart = side(*first) != side(*second);
    const auto left = are_apart && are_swapped ? second : first;
    const auto right = left == first ? second : first;
    weights.left[static_cast<std::size_t>(left - speakers.begin())] = 1.0;
    weights.right[static_cast<std::size_t>(right - speakers.begin())] = 1.0;
    return weights;
  }
  for (std::size_t i = 0; i < channels; ++i) {
    if (side(speakers[i]) != Side::right) weights.left[i] = side_weight(speakers[i]);
    if (side(speakers[i]) != Side::left) weights.right[i] = side_weight(speakers[i]);
  }
  return weights;
}

ChannelMix::ChannelMix(const Speakers& speakers, std::size_t channels, int sample_rate_hz,
                       std::size_t outputs)
    : channels_(channels),
      sample_rate_hz_(sample_rate_hz),
      block_samples_(channels * block_frames(channels, sample_rate_hz)) {
  if (outputs != 1 && outputs != 2) throw std::logic_error("ChannelMix: to 1 or 2 channels only");
  std::vector<std::vector<double>> weights;
  if (outputs == 1) {
    weights = {mono_weights(speakers, channels)};
  } else {
    StereoWeights stereo = stereo_weights(speakers, channels);
    weights = {std::move(stereo.left), std::move(stereo.right)};
  }
  for (const std::vector<double>& plain : weights) {
    Output output{plain, plain, {}, {}};
    for (std::size_t channel = 0; channel < channels; ++channel) {
      const bool goes_elsewhere = std::any_of(weights.begin(), weights.end(),
                                              [&](const auto& other) { return other[channel] != 0.0; });
      if (plain[channel] != 0.0 || !goes_elsewhere) output.own.push_back(channel);
    }
    outputs_.push_back(std::move(output));
  }
  is_untouched_ = channels == outputs;
  for (std::size_t output = 0; output < outputs && is_untouched_; ++output) {
    for (std::size_t channel = 0; channel < channels; ++channel) {
      is_untouched_ = is_untouched_ && weights[output][channel] == (channel == output ? 1.0 : 0.0);
    }
  }
}

void ChannelMix::push(std::span<const float> interleaved, std::vector<float>& mixed) {
  // What is this far beyond full scale is no sound either, and would overflow in filters.
  constexpr float kLargest = 1e30f;
  const auto finite = [this](float sample) {
    if (std::abs(sample) <= kLargest) return sample;
    ++non_finite_samples_;
    return 0.0f;
  };
  if (is_untouched_) {
    std::transform(interleaved.begin(), interleaved.end(), std::back_inserter(mixed), finite);
    return;
  }
  while (!interleaved.empty()) {
    const std::size_t count = std::min(block_samples_ - block_.size(), interleaved.size());
    std::transform(interleaved.begin(), interleaved.begin() + static_cast<std::ptrdiff_t>(count),
                   std::back_inserter(block_), finite);
    interleaved = interleaved.subspan(count);
    if (block_.size() == block_samples_) mix_block(mixed);
  }
}

void ChannelMix::finish(std::vector<float>& mixed) {
  if (!block_.empty()) mix_block(mixed);
}

std::vector<std::string> ChannelMix::remarks() const {
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
    remarks.push_back("the mix of its " + std::to_string(channels_) + " channels to " +
                      (outputs_.size() == 1 ? "one" : "two") + " lost " + amount +
                      " of their power; to hear one of them alone, take it out first: sox IN OUT remix 1");
  }
  return remarks;
}

void ChannelMix::mix_block(std::vector<float>& mixed) {
  const std::size_t frames = block_.size() / channels_;
  const auto outputs = static_cast<double>(outputs_.size());
  bool is_reversed = false;
  for (Output& output : outputs_) {
    channel_power_ += mix_output(output) / outputs;
    mix_power_ += power(output.mixed) / outputs;
    is_reversed = is_reversed || output.in_use != output.plain;
  }
  if (is_reversed) {
    if (reversed_frames_ == 0) first_reversed_ = frames_;
    reversed_frames_ += frames;
  }
  frames_ += frames;
  for (std::size_t frame = 0; frame < frames; ++frame) {
    for (const Output& output : outputs_) mixed.push_back(static_cast<float>(output.mixed[frame]));
  }
  block_.clear();
}

double ChannelMix::mix_output(Output& output) {
  const std::size_t frames = block_.size() / channels_;
  output.mixed.resize(frames);
  mix_with(output.plain, output.mixed);
  double channel_power = 0.0;
  for (std::size_t frame = 0; frame < frames; ++frame) {
    for (const std::size_t channel : output.own) {
      const auto sample = static_cast<double>(block_[frame * channels_ + channel]);
      channel_power += sample * sample;
    }
  }
  channel_power /= static_cast<double>(std::max<std::size_t>(1, output.own.size()));
  const double plain_power = power(output.mixed);
  const bool is_audible = channel_power > kAudiblePower * static_cast<double>(frames);
  std::vector<double> wanted = output.in_use;
  if (is_audible && plain_power < kCancelled * channel_power) wanted = reversed_weights(output.plain);
  if (is_audible && plain_power > kKept * channel_power) wanted = output.plain;

  mix_with(wanted, output.mixed);
  if (wanted != output.in_use && frames_ > 0) {
    faded_in_ = output.mixed;
    mix_with(output.in_use, output.mixed);
    const double fade = std::min(static_cast<double>(frames), std::max(1.0, kFadeS * sample_rate_hz_));
    for (std::size_t frame = 0; frame < frames; ++frame) {
      const double part = std::min(1.0, static_cast<double>(frame + 1) / fade);
      output.mixed[frame] += part * (faded_in_[frame] - output.mixed[frame]);
    }
  }
  output.in_use = wanted;
  return channel_power;
}

void ChannelMix::mix_with(const std::vector<double>& weights, std::vector<double>& mixed) const {
  const float* in = block_.data();
  for (double& sample : mixed) {
    sample = 0.0;
    for (const double factor : weights) sample += factor * static_cast<double>(*in++);
  }
}

/// The loudest channel first, each of the others so that it adds to what is there.
std::vector<double> ChannelMix::reversed_weights(const std::vector<double>& plain) const {
  const std::size_t frames = block_.size() / channels_;
  const auto sample = [&](std::size_t frame, std::size_t channel) {
    return plain[channel] * static_cast<double>(block_[frame * channels_ + channel]);
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

  std::vector<double> weights = plain;
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
