#include "lib/analysis/stretch.hpp"

#include "lib/analysis/spectrogram.hpp"

namespace ictus::analysis {

Stretch::Stretch(std::span<const float> samples, const Target::Weights& weights)
    : frames(static_cast<int>(samples.size()) / views().fine.hop_samples + 1),
      bins(bin_powers(samples, views().fine.window_samples, views().fine.hop_samples, frames)),
      map{bins, frames, views().fine.bin_count(), views().fine.hz_per_bin(), views().fine.hop_s()},
      nothing{synthesis::PowerMap(views().fine.bands(), frames),
              synthesis::PowerMap(views().coarse.bands(), 2 * frames)},
      target({pooled(bins, views().fine, frames), spectrogram(samples, views().coarse, 2 * frames)},
             weights) {}

}  // namespace ictus::analysis
