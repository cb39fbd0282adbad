// Power of sound, as the model of events sees it.
#pragma once

#include <span>
#include <vector>

#include "lib/synthesis/band_view.hpp"

namespace ictus::analysis {

/// Power densities of `samples` in the bands of a view: frame t is centred at sample t * hop, silence before
/// and after. `frames` frames.
synthesis::PowerMap spectrogram(std::span<const float> samples, const synthesis::BandView& view, int frames);

/// Bins of the same, laid out [frames, bins]: what pitch is looked for in.
std::vector<float> bin_powers(std::span<const float> samples, int window_samples, int hop_samples,
                              int frames);

/// Means of bins over bands: [frames, bins] -> a map.
synthesis::PowerMap pooled(std::span<const float> bins, const synthesis::BandView& view, int frames);

}  // namespace ictus::analysis
