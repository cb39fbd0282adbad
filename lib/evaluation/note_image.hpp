// A note as a small picture in which notes can be compared whatever their level and wherever they begin.
#pragma once

#include <span>

#include "lib/dsp/torch_compat.hpp"

namespace ictus::evaluation {

inline constexpr int kImageSampleRateHz = 16000;
inline constexpr int kImageBands = 40;
inline constexpr int kImageSteps = 24;

/// Log-mel spectrogram of a mono note at 16 kHz, as a vector [960] in [-1, 1]: powers in 40 mel bands from 0
/// Hz to 8 kHz (window 1024, hop 256) in decibels below the note's loudest place, no lower than -70 dB,
/// scaled to -1 .. 1; from its onset, the first frame with a place above -40 dB, 192 frames (3.07 s) of which
/// each 8 become their mean, silence after its end. Silence is -1 throughout.
[[nodiscard]] torch::Tensor note_image(std::span<const float> samples);

}  // namespace ictus::evaluation
