// One sound in a page: its spectrogram with axes, and what plays it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ictus::report {

struct Sound {
  std::string name;     ///< what it is called; shown, and read out by a screen reader
  std::string caption;  ///< a line below the name; may be empty
  int sample_rate_hz;
  std::vector<float> samples;  ///< mono, full scale at 1
};

/// How large a picture is. Of pictures that stand together, one second is as wide in each.
struct FigureSize {
  std::size_t width_px;  ///< of `span_s`, before the page fits it to the screen
  std::size_t height_px;
  double span_s;  ///< what the time axis reaches; at least as long as the sound
};

[[nodiscard]] double duration_s(const Sound& sound);

/// A <figure> with everything in it: the picture as PNG, the sound as Ogg Opus, both as data: addresses.
/// The page needs kSoundCss, kOpusJs and kSoundJs once.
/// Throws ictus::Error if the sound has no samples or a rate that spectrogram.hpp or opus.hpp refuse.
[[nodiscard]] std::string sound_figure(const Sound& sound, const FigureSize& size);

/// The colours of the spectrograms from -kRangeDb to 0 dB, as a data: address of a picture.
[[nodiscard]] std::string colour_key_address();

}  // namespace ictus::report
