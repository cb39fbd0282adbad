// Spectrograms beside each other, on one scale of levels.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "lib/plot/picture_format.hpp"
#include "lib/report/spectrogram.hpp"

namespace ictus::plot {

struct Panel {
  std::string title;      ///< such as "decoded"; shortened where it is too long
  report::Powers powers;  ///< best of as many columns and rows as panel_size() says
  double duration_s;      ///< what its columns reach
};

struct Spectrograms {
  std::string title;          ///< any bytes; shortened where it is too long
  std::vector<Panel> panels;  ///< one to three; 0 dB is the loudest place of the first
};

/// How many pixels each of so many panels has.
struct PanelSize {
  std::size_t columns;
  std::size_t rows;
};

[[nodiscard]] PanelSize panel_size(std::size_t panels, const PictureFormat& format);

/// What the decoder did not account for: the power that the decoded sound is short of, in each place.
/// Throws ictus::Error if the two differ in size or in their highest frequency.
[[nodiscard]] report::Powers residual(const report::Powers& original, const report::Powers& decoded);

/// The bytes of a file: the panels, each with its axis of time, all of which reach as far, an axis of
/// frequency and a key of colours. The same spectrograms give the same bytes.
/// Throws ictus::Error if there are no panels or more than three, if they differ in their highest frequency,
/// or for a size that is not allowed.
[[nodiscard]] std::string spectrograms(const Spectrograms& spectrograms, const PictureFormat& format);

}  // namespace ictus::plot
