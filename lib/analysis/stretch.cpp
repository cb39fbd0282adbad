#include "lib/analysis/stretch.hpp"

#include <cmath>
#include <cstddef>

#include "lib/analysis/attacks.hpp"
#include "lib/analysis/low_pitch.hpp"
#include "lib/analysis/spectrogram.hpp"

namespace ictus::analysis {
namespace {

int frames_of(std::size_t samples, const Surroundings& surroundings) {
  const auto length = static_cast<int>(samples / static_cast<std::size_t>(surroundings.channels));
  return length / views().fine.hop_samples + 1 - 2 * surroundings.context_frames;
}

/// Powers of bins, without the frames of the context.
std::vector<float> inner_powers(std::span<const float> samples, int window_samples, int hop_samples,
                                int frames, int context_frames) {
  std::vector<float> bins = bin_powers(samples, window_samples, hop_samples, frames + 2 * context_frames);
  const auto context = static_cast<std::ptrdiff_t>(context_frames) * (window_samples / 2 + 1);
  bins.erase(bins.end() - context, bins.end());
  bins.erase(bins.begin(), bins.begin() + context);
  return bins;
}

std::vector<float> attacks_of(std::span<const float> samples, const Surroundings& surroundings) {
  const auto channels = static_cast<std::size_t>(surroundings.channels);
  std::vector<float> amplitude(samples.size() / channels);
  for (std::size_t i = 0; i < amplitude.size(); ++i) {
    float power = 0.0F;
    for (const float sample : samples.subspan(i * channels, channels)) power += sample * sample;
    amplitude[i] = std::sqrt(power);
  }
  const synthesis::BandView& view = views().fine;
  const int begin = surroundings.context_frames * view.hop_samples;
  std::vector<float> seconds;
  for (const std::int64_t attack : attacks(amplitude, view.sample_rate_hz))
    seconds.push_back(static_cast<float>(attack - begin) / static_cast<float>(view.sample_rate_hz));
  return seconds;
}

}  // namespace

PowerMaps Stretch::seen(std::span<const float> samples, const Surroundings& surroundings) {
  const synthesis::BandView &fine = views().fine, &coarse = views().coarse;
  const auto channels = static_cast<std::size_t>(surroundings.channels);
  std::vector<float> coarse_bins;
  std::vector<float> channel(samples.size() / channels);
  const auto add = [](const std::vector<float>& more, std::vector<float>& sum) {
    sum.resize(more.size());
    for (std::size_t i = 0; i < more.size(); ++i) sum[i] += more[i];
  };
  for (std::size_t c = 0; c < channels; ++c) {
    for (std::size_t i = 0; i < channel.size(); ++i) channel[i] = samples[i * channels + c];
    const auto powers = [&](int window_samples, int hop_samples, int per_frame) {
      return inner_powers(channel, window_samples, hop_samples, per_frame * frames,
                          per_frame * surroundings.context_frames);
    };
    add(powers(fine.window_samples, fine.hop_samples, 1), bins);
    if (channels > 1 && c == 0) left = pooled(bins, fine, frames);
    add(powers(kLowWindowSamples, fine.hop_samples, 1), low_bins);
    add(powers(coarse.window_samples, coarse.hop_samples, kCoarsePerFine), coarse_bins);
  }
  return {pooled(bins, fine, frames), pooled(coarse_bins, coarse, kCoarsePerFine * frames)};
}

Stretch::Stretch(std::span<const float> samples, const Target::Weights& weights,
                 const Surroundings& surroundings)
    : frames(frames_of(samples.size(), surroundings)),
      attacks_s(attacks_of(samples, surroundings)),
      left(0, 0),
      map{{}, frames, views().fine.bin_count(), views().fine.hz_per_bin(), views().fine.hop_s()},
      low{{},
          frames,
          kLowWindowSamples / 2 + 1,
          static_cast<float>(views().fine.sample_rate_hz) / kLowWindowSamples,
          views().fine.hop_s()},
      nothing{synthesis::PowerMap(views().fine.bands(), frames),
              synthesis::PowerMap(views().coarse.bands(), 2 * frames)},
      target(seen(samples, surroundings), weights, surroundings.loudest) {
  map.powers = bins;
  low.powers = low_bins;
}

}  // namespace ictus::analysis
