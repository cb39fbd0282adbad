// What levels look like, in the upper right corner of a picture.
#pragma once

#include <string>

#include "lib/plot/axes.hpp"
#include "lib/plot/canvas.hpp"
#include "lib/plot/loudness.hpp"

namespace ictus::plot {

inline constexpr double kLegendGap = 16.0;

/// Round levels up to `right`, with `called` before them. draw(level_db, label_room, x, middle) draws what
/// one looks like beside a label that takes so much up to x, and moves x to where the next label ends.
/// Returns where the legend begins.
template <typename Draw>
double draw_legend(const Canvas& canvas, const char* called, double loudest_db, double right, Draw draw) {
  const TextStyle words{kLabelSize, canvas.palette().quiet_words, false, Alignment::end};
  constexpr double kMiddle = 32.0;
  double x = right;
  const auto levels = legend_levels_db(loudest_db);
  for (auto level = levels.rbegin(); level != levels.rend(); ++level) {
    const std::string label = decibels(*level);
    canvas.text(label, x, kMiddle + 4.0, words);
    draw(*level, canvas.width_of(label, words) + 6.0, x, kMiddle);
  }
  canvas.text(called, x, kMiddle + 4.0, words);
  return x - canvas.width_of(called, words);
}

}  // namespace ictus::plot
