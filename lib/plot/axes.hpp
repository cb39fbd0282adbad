// Where things stand along the sides of a picture, and the words that say so.
#pragma once

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <string>
#include <vector>

#include "lib/plot/canvas.hpp"

namespace ictus::plot {

constexpr double kLabelSize = 12.0;

struct Tick {
  double value;
  std::string label;
};

/// At 1, 2 or 5 times a power of ten, as close together as `most` of them allow. `to` must be greater than
/// `from`.
[[nodiscard]] std::vector<Tick> ticks(double from, double to, int most);

/// "100", "2k": round frequencies from `lowest_hz` up to `highest_hz`; the steps 1, 2, 5 where there is room
/// for so many, or 1 alone.
[[nodiscard]] std::vector<Tick> frequency_ticks(double lowest_hz, double highest_hz, int most);

/// Seconds, from left to right.
struct TimeAxis {
  double from_s;
  double to_s;
  Area area;
  double margin = 0.0;  ///< on both sides, within the area

  [[nodiscard]] double x_of(double time_s) const {
    return area.x + margin + (time_s - from_s) / (to_s - from_s) * (area.width - 2.0 * margin);
  }
};

/// From 0 to the duration, or as far as events begin.
template <typename Event>
[[nodiscard]] TimeAxis time_axis(double duration_s, const std::vector<Event>& events, const Area& area,
                                 double margin) {
  TimeAxis axis{0.0, std::isfinite(duration_s) ? std::max(duration_s, 0.1) : 0.1, area, margin};
  for (const Event& event : events) {
    if (!std::isfinite(event.onset_s)) continue;
    axis.from_s = std::min(axis.from_s, event.onset_s);
    axis.to_s = std::max(axis.to_s, event.onset_s);
  }
  return axis;
}

/// Lines through the area, to be drawn before what lies in it.
void draw_time_lines(const Canvas& canvas, const TimeAxis& axis);

/// Ticks and labels below the area, and "time, s" below these; together 42 units high.
void draw_time_labels(const Canvas& canvas, const TimeAxis& axis);

/// The title in the upper left corner, and a line below it, both no wider than `width`.
void draw_title(const Canvas& canvas, const std::string& title, std::initializer_list<const char*> notes,
                double x, double width);

}  // namespace ictus::plot
