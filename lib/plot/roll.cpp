#include "lib/plot/roll.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <numeric>
#include <optional>

#include "lib/core/error.hpp"
#include "lib/plot/axes.hpp"
#include "lib/plot/canvas.hpp"
#include "lib/plot/legend.hpp"
#include "lib/plot/loudness.hpp"

namespace ictus::plot {
namespace {

constexpr Margins kMargins{58.0, 66.0, 24.0, 48.0};
constexpr double kGap = 24.0;  // above the strip of events without pitch, for its title
constexpr double kNarrow = 520.0;
constexpr double kShortestBar = 3.0;
/// What the picture shows; the longest that fits is written.
constexpr std::initializer_list<const char*> kAbout = {
    "one bar per event, as long as it takes to die away, fainter the quieter it is; similar colours are "
    "similar sounds",
    "one bar per event, as long as it takes to die away; similar colours are similar sounds",
    "one bar per event, as long as it takes to die away", "one bar per event"};

bool is_frequency(double hz) { return std::isfinite(hz) && hz > 0.0; }

/// Semitones as MIDI counts them, 69 for 440 Hz.
double semitone_of(double hz) { return 69.0 + 12.0 * std::log2(hz / 440.0); }

/// Something that grows from the lower edge of an area to the upper one.
struct Scale {
  Area area;
  double low;
  double high;

  [[nodiscard]] double y_of(double value) const {
    return area.bottom() - (std::clamp(value, low, high) - low) / (high - low) * area.height;
  }
  [[nodiscard]] double unit() const { return area.height / (high - low); }
};

/// Two octaves at least, with room above and below.
Scale pitch_scale(const std::vector<RollEvent>& events, const Area& area) {
  constexpr double kFewest = 24.0;
  double low = 1e9;
  double high = -1e9;
  for (const RollEvent& event : events) {
    if (!is_frequency(event.pitch_hz)) continue;
    low = std::min(low, semitone_of(event.pitch_hz));
    high = std::max(high, semitone_of(event.pitch_hz));
  }
  low = std::floor(low - 1.5) - 0.5;
  high = std::ceil(high + 1.5) + 0.5;
  const double more = std::max(0.0, std::ceil((kFewest - (high - low)) / 2.0));
  return {area, low - more, high + more};
}

/// Of the logarithm of brightness.
Scale brightness_scale(const std::vector<RollEvent>& events, const Area& area) {
  double low_hz = 300.0;
  double high_hz = 3000.0;
  for (const RollEvent& event : events) {
    if (is_frequency(event.pitch_hz) || !is_frequency(event.brightness_hz)) continue;
    low_hz = std::min(low_hz, event.brightness_hz);
    high_hz = std::max(high_hz, event.brightness_hz);
  }
  return {area, std::log(low_hz / 1.3), std::log(high_hz * 1.3)};
}

void draw_keys(const Canvas& canvas, const Scale& scale) {
  constexpr double kRoomForKeys = 4.0;
  const Area& area = scale.area;
  const bool keys = scale.unit() >= kRoomForKeys;
  for (int note = static_cast<int>(std::ceil(scale.low)); note <= static_cast<int>(scale.high); ++note) {
    const int in_octave = ((note % 12) + 12) % 12;
    const bool black =
        in_octave == 1 || in_octave == 3 || in_octave == 6 || in_octave == 8 || in_octave == 10;
    if (keys && black) {
      const double top = scale.y_of(note + 0.5);
      canvas.fill({area.x, top, area.width, scale.y_of(note - 0.5) - top}, canvas.palette().shade);
    }
  }
}

void draw_octaves(const Canvas& canvas, const Scale& scale) {
  const Area& area = scale.area;
  const TextStyle style{kLabelSize, canvas.palette().quiet_words, false, Alignment::end};
  const int every = scale.unit() * 12.0 >= 14.0 ? 1 : 2;  // octaves
  for (int octave = -5; octave <= 15; ++octave) {
    const double note = 12.0 * (octave + 1);
    if (note < scale.low || note > scale.high) continue;
    if (note - 0.5 > scale.low) {
      canvas.horizontal_line(scale.y_of(note - 0.5), area.x, area.right(), canvas.palette().line);
    }
    if (octave % every == 0) {
      canvas.text(fmt::format("C{}", octave), area.x - 8.0, scale.y_of(note) + 4.0, style);
    }
  }
}

void draw_brightness_labels(const Canvas& canvas, const Scale& scale) {
  const Area& area = scale.area;
  const TextStyle style{kLabelSize, canvas.palette().quiet_words, false, Alignment::end};
  const int most = static_cast<int>(area.height / 18.0);
  for (const Tick& tick : frequency_ticks(std::exp(scale.low), std::exp(scale.high), most)) {
    const double y = scale.y_of(std::log(tick.value));
    canvas.horizontal_line(y, area.x, area.right(), canvas.palette().line);
    canvas.text(tick.label, area.x - 8.0, y + 4.0, style);
  }
}

double opacity_of(double below_loudest_db) {
  return std::lerp(0.95, 0.28, below_loudest_db / kLoudnessRangeDb);
}

void fill_bar(const Canvas& canvas, const Area& bar) {
  cairo_rectangle(canvas.context(), bar.x, bar.y, bar.width, bar.height);
  cairo_fill(canvas.context());
}

/// Fades out from left to right; the onset itself is strong.
void draw_bar(const Canvas& canvas, const Area& bar, const report::Colour& colour, double opacity) {
  constexpr double kOnset = 2.0;
  constexpr double kAtBegin = 0.9;
  constexpr double kAtEnd = 0.06;
  constexpr double kShort = 12.0;
  if (bar.width < kShort) {
    // Steps, which are not seen here, make smaller files than gradients do.
    const int steps = std::max(static_cast<int>(bar.width / 3.0), 1);
    for (int step = 0; step < steps; ++step) {
      canvas.set_colour(colour, std::lerp(kAtBegin, kAtEnd, (step + 0.5) / steps) * opacity);
      fill_bar(canvas, {bar.x + bar.width * step / steps, bar.y, bar.width / steps, bar.height});
    }
  } else {
    const std::unique_ptr<cairo_pattern_t, decltype(&cairo_pattern_destroy)> fading(
        cairo_pattern_create_linear(bar.x, 0.0, bar.right(), 0.0), cairo_pattern_destroy);
    for (const double place : {0.0, 1.0}) {
      cairo_pattern_add_color_stop_rgba(fading.get(), place, colour.red / 255.0, colour.green / 255.0,
                                        colour.blue / 255.0, std::lerp(kAtBegin, kAtEnd, place) * opacity);
    }
    cairo_set_source(canvas.context(), fading.get());
    fill_bar(canvas, bar);
  }
  canvas.set_colour(colour, opacity);
  fill_bar(canvas, {bar.x, bar.y, std::min(kOnset, bar.width), bar.height});
}

/// In the upper right corner, up to `right`. Returns where it begins.
double draw_legend(const Canvas& canvas, double loudest, double right) {
  constexpr double kWidth = 30.0;
  constexpr double kHeight = 9.0;
  return draw_legend(canvas, "loudness", loudest, right,
                     [&](double level_db, double label_room, double& x, double middle) {
                       x -= label_room + kWidth;
                       draw_bar(canvas, {x, middle - kHeight / 2.0, kWidth, kHeight}, canvas.palette().words,
                                opacity_of(below_db(level_db, loudest)));
                       x -= kLegendGap;
                     });
}

/// Where events are drawn: by their pitch, or, without one, by their brightness.
struct Planes {
  std::optional<Scale> pitches;
  std::optional<Scale> brightnesses;
};

Planes planes_of(const std::vector<RollEvent>& events, const Area& whole) {
  const auto pitched = static_cast<std::size_t>(std::count_if(
      events.begin(), events.end(), [](const RollEvent& event) { return is_frequency(event.pitch_hz); }));
  if (pitched == 0)
    return {{}, brightness_scale(events, {whole.x, whole.y + kGap, whole.width, whole.height - kGap})};
  if (pitched == events.size()) return {pitch_scale(events, whole), {}};
  const double strip = std::clamp(0.22 * whole.height, 40.0, 160.0);
  return {pitch_scale(events, {whole.x, whole.y, whole.width, whole.height - strip - kGap}),
          brightness_scale(events, {whole.x, whole.bottom() - strip, whole.width, strip})};
}

void draw_planes(const Canvas& canvas, const Planes& planes, TimeAxis& axis) {
  const TextStyle words{kLabelSize, canvas.palette().quiet_words};
  if (planes.pitches) {
    axis.area = planes.pitches->area;
    canvas.fill(axis.area, canvas.palette().plane);
    draw_keys(canvas, *planes.pitches);
    draw_time_lines(canvas, axis);
    draw_octaves(canvas, *planes.pitches);
    canvas.outline(axis.area, canvas.palette().line);
    canvas.upward_text("pitch", 18.0, axis.area.y + axis.area.height / 2.0, words);
  }
  if (planes.brightnesses) {
    axis.area = planes.brightnesses->area;
    canvas.fill(axis.area, canvas.palette().plane);
    draw_time_lines(canvas, axis);
    draw_brightness_labels(canvas, *planes.brightnesses);
    canvas.outline(axis.area, canvas.palette().line);
    canvas.text(canvas.fitting({"without pitch, by the centre of their spectrum, Hz", "without pitch"},
                               axis.area.width, words),
                axis.area.x, axis.area.y - 7.0, words);
  }
}

void draw_event(const Canvas& canvas, const Planes& planes, const TimeAxis& axis, const RollEvent& event,
                double loudest) {
  const bool has_pitch = is_frequency(event.pitch_hz);
  const Scale& scale = has_pitch ? *planes.pitches : *planes.brightnesses;
  const double height =
      has_pitch ? std::clamp(0.9 * scale.unit(), 3.5, 14.0) : std::clamp(scale.area.height / 16.0, 3.5, 8.0);
  const double middle = scale.y_of(has_pitch                           ? semitone_of(event.pitch_hz)
                                   : is_frequency(event.brightness_hz) ? std::log(event.brightness_hz)
                                                                       : (scale.low + scale.high) / 2.0);
  const double left = axis.x_of(event.onset_s);
  // Of longer ones the end is not seen, and coordinates have their limits.
  const double longest_s = 2.0 * (axis.to_s - axis.from_s);
  const double length_s =
      std::isfinite(event.duration_s) ? std::clamp(event.duration_s, 0.0, longest_s) : 0.0;
  const double length = std::max(axis.x_of(axis.from_s + length_s) - axis.x_of(axis.from_s), kShortestBar);
  cairo_save(canvas.context());
  cairo_rectangle(canvas.context(), scale.area.x, scale.area.y, scale.area.width, scale.area.height);
  cairo_clip(canvas.context());
  draw_bar(canvas, {left, middle - height / 2.0, length, height}, event.colour,
           opacity_of(below_db(event.loudness_db, loudest)));
  cairo_restore(canvas.context());
}

/// Quiet ones first, so that the loud ones can be seen.
void draw_events(const Canvas& canvas, const Planes& planes, const TimeAxis& axis,
                 const std::vector<RollEvent>& events, double loudest) {
  std::vector<std::size_t> order(events.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return below_db(events[a].loudness_db, loudest) > below_db(events[b].loudness_db, loudest);
  });
  for (const std::size_t i : order) {
    if (std::isfinite(events[i].onset_s)) draw_event(canvas, planes, axis, events[i], loudest);
  }
}

}  // namespace

std::string roll(const Roll& roll, const PictureFormat& format) {
  if (roll.events.empty()) throw Error("there is nothing to draw");
  Canvas canvas(format);
  const Area whole = canvas.within(kMargins);
  const double loudest = loudest_db(roll.events, &RollEvent::loudness_db);
  const Planes planes = planes_of(roll.events, whole);
  TimeAxis axis = time_axis(roll.duration_s, roll.events, whole, 4.0);
  draw_planes(canvas, planes, axis);
  draw_events(canvas, planes, axis, roll.events, loudest);
  draw_time_labels(canvas, axis);
  const double end =
      canvas.width() < kNarrow ? whole.right() : draw_legend(canvas, loudest, whole.right()) - 24.0;
  draw_title(canvas, roll.title, kAbout, whole.x, end - whole.x);
  return canvas.finish();
}

}  // namespace ictus::plot
