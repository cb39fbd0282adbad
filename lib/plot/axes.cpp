#include "lib/plot/axes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ictus::plot {
namespace {

// Units a tick, where there are many and where there are few.
constexpr double kUsualRoom = 75.0;
constexpr double kLeastRoom = 45.0;
constexpr double kFew = 6.0;

std::vector<Tick> time_ticks(const TimeAxis& axis) {
  const double most = std::max(axis.area.width / kUsualRoom, std::min(axis.area.width / kLeastRoom, kFew));
  return ticks(axis.from_s, axis.to_s, std::max(static_cast<int>(most), 2));
}

}  // namespace

std::vector<Tick> ticks(double from, double to, int most) {
  const double least_step = (to - from) / std::max(most, 1);
  const double decade = std::pow(10.0, std::floor(std::log10(least_step)));
  double step = 10.0 * decade;
  for (const double factor : {5.0, 2.0, 1.0}) {
    if (factor * decade >= least_step) step = factor * decade;
  }
  const double slack = 1e-9 * (to - from) / step;
  std::vector<Tick> result;
  const double last = std::floor(to / step + slack);
  for (double number = std::ceil(from / step - slack); number <= last; ++number) {
    result.push_back({number * step, fmt::format("{:.6g}", number * step + 0.0)});
  }
  return result;
}

std::vector<Tick> frequency_ticks(double lowest_hz, double highest_hz, int most) {
  std::vector<Tick> every;
  std::vector<Tick> decades;
  for (double decade = 1.0; decade <= highest_hz; decade *= 10.0) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double hz = factor * decade;
      if (hz < lowest_hz || hz > highest_hz) continue;
      const Tick tick{hz, hz < 1000.0 ? fmt::format("{:g}", hz) : fmt::format("{:g}k", hz / 1000.0)};
      every.push_back(tick);
      if (factor == 1.0) decades.push_back(tick);
    }
  }
  return static_cast<int>(every.size()) <= most || decades.empty() ? every : decades;
}

void draw_time_lines(const Canvas& canvas, const TimeAxis& axis) {
  for (const Tick& tick : time_ticks(axis)) {
    canvas.vertical_line(axis.x_of(tick.value), axis.area.y, axis.area.bottom(), canvas.palette().line);
  }
}

void draw_time_labels(const Canvas& canvas, const TimeAxis& axis) {
  const double bottom = axis.area.bottom();
  const TextStyle style{kLabelSize, canvas.palette().quiet_words, false, Alignment::middle};
  for (const Tick& tick : time_ticks(axis)) {
    const double x = axis.x_of(tick.value);
    canvas.vertical_line(x, bottom, bottom + 5.0, canvas.palette().strong_line);
    canvas.text(tick.label, x, bottom + 18.0, style);
  }
  canvas.text("time, s", axis.area.x + axis.area.width / 2.0, bottom + 36.0, style);
}

void draw_title(const Canvas& canvas, const std::string& title, std::initializer_list<const char*> notes,
                double x, double width) {
  const TextStyle large{17.0, canvas.palette().words, true};
  const TextStyle small{kLabelSize, canvas.palette().quiet_words};
  canvas.text(canvas.shortened(title, width, large), x, 28.0, large);
  canvas.text(canvas.fitting(notes, width, small), x, 48.0, small);
}

}  // namespace ictus::plot
