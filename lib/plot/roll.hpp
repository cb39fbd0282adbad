// Events as in a piano roll: when, how high, how long.
#pragma once

#include <string>
#include <vector>

#include "lib/plot/picture_format.hpp"
#include "lib/report/colour_map.hpp"

namespace ictus::plot {

struct RollEvent {
  double onset_s;
  double duration_s;      ///< until it has died away
  double loudness_db;     ///< what is not finite is drawn as if very quiet
  double pitch_hz;        ///< 0: none
  double brightness_hz;   ///< where an event without pitch stands; 0: not known
  report::Colour colour;  ///< of colours()
};

struct Roll {
  std::string title;  ///< any bytes; shortened where it is too long
  double duration_s;  ///< where the time axis ends, or later if an event begins later
  std::vector<RollEvent> events;
};

/// The bytes of a file: a bar for each event, at its pitch or, in a strip of its own, at its brightness,
/// fading out towards its end and fainter the quieter it is. The same roll gives the same bytes.
/// Throws ictus::Error if there are no events, or for a size that is not allowed.
[[nodiscard]] std::string roll(const Roll& roll, const PictureFormat& format);

}  // namespace ictus::plot
