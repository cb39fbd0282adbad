#include "lib/plot/map.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <numeric>

#include "lib/core/error.hpp"
#include "lib/plot/axes.hpp"
#include "lib/plot/canvas.hpp"
#include "lib/plot/legend.hpp"
#include "lib/plot/loudness.hpp"

namespace ictus::plot {
namespace {

constexpr Margins kMargins{44.0, 66.0, 24.0, 48.0};
constexpr double kNarrow = 520.0;  // a picture of less has no room for a legend
/// What the picture shows; the longest that fits is written.
constexpr std::initializer_list<const char*> kAbout = {
    "one disc per event; similar colours are similar sounds: the 32 numbers, projected to red, green and "
    "blue",
    "similar colours are similar sounds: the 32 numbers, projected to red, green and blue",
    "colours: the 32 numbers, projected to red, green and blue", "similar colours are similar sounds"};

/// How discs look, so that few can be seen and many can be told apart.
struct DiscStyle {
  double largest_radius;
  double opacity;
  bool outlined;
};

DiscStyle style_for(std::size_t events, const Area& area, Theme theme) {
  // Of the square that each event has for itself.
  const double side = std::sqrt(area.width * area.height / static_cast<double>(events));
  return {std::clamp(1.15 * std::pow(side, 0.6), 3.2, 20.0),
          std::clamp(0.29 * std::pow(side, 0.25), 0.35, 0.7) + (theme == Theme::dark ? 0.15 : 0.0),
          events <= 2000};
}

double radius_of(double below_loudest_db, const DiscStyle& style) {
  // Twice the area for 10 dB: about as much louder as it sounds.
  return std::max(style.largest_radius * std::exp2(-below_loudest_db / 20.0), 0.7);
}

void draw_disc(const Canvas& canvas, double x, double y, double radius, const report::Colour& colour,
               const DiscStyle& style) {
  cairo_t* context = canvas.context();
  cairo_new_path(context);
  cairo_arc(context, x, y, radius, 0.0, 2.0 * std::numbers::pi);
  canvas.set_colour(colour, style.opacity);
  if (!style.outlined) {
    cairo_fill(context);
    return;
  }
  cairo_fill_preserve(context);
  canvas.set_colour(colour, 0.5 + 0.5 * style.opacity);
  cairo_set_line_width(context, 1.0);
  cairo_stroke(context);
}

}  // namespace

std::string map(const Map& map, const PictureFormat& format) {
  if (map.events.empty()) throw Error("there is nothing to draw");
  Canvas canvas(format);
  const Area area = canvas.within(kMargins);
  const DiscStyle style = style_for(map.events.size(), area, format.theme);
  const double loudest = loudest_db(map.events, &MapEvent::gain_db);

  const TimeAxis axis = time_axis(map.duration_s, map.events, area, style.largest_radius + 2.0);
  canvas.fill(area, canvas.palette().plane);
  draw_time_lines(canvas, axis);
  canvas.outline(area, canvas.palette().line);

  const auto y_of = [&](double place) {
    const double within = std::isfinite(place) ? std::clamp(place, 0.0, 1.0) : 0.5;
    return area.bottom() - axis.margin - within * (area.height - 2.0 * axis.margin);
  };
  // Small ones on top of large ones.
  std::vector<std::size_t> order(map.events.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return below_db(map.events[a].gain_db, loudest) < below_db(map.events[b].gain_db, loudest);
  });
  for (const std::size_t i : order) {
    const MapEvent& event = map.events[i];
    if (!std::isfinite(event.onset_s)) continue;
    draw_disc(canvas, axis.x_of(event.onset_s), y_of(event.place),
              radius_of(below_db(event.gain_db, loudest), style), event.colour, style);
  }

  draw_time_labels(canvas, axis);
  const TextStyle words{kLabelSize, canvas.palette().quiet_words};
  const double room = area.height;
  const std::string caption =
      map.by_tsne
          ? canvas.fitting({"similar sounds lie near each other (t-SNE of the 32 numbers)",
                            "similar sounds lie near each other (t-SNE)", "similarity (t-SNE)", "t-SNE"},
                           room, words)
          : canvas.fitting(
                {"where sounds lie along their widest spread (first component, PCA, of the 32 numbers)",
                 "place along the widest spread (PCA of the 32 numbers)", "widest spread (PCA)", "PCA"},
                room, words);
  canvas.upward_text(caption, area.x - 16.0, area.y + area.height / 2.0, words);
  const bool narrow = canvas.width() < kNarrow;
  const auto draw_level = [&](double level_db, double label_room, double& x, double middle) {
    const double radius = radius_of(below_db(level_db, loudest), style);
    x -= label_room + radius;
    draw_disc(canvas, x, middle, radius, canvas.palette().quiet_words, style);
    x -= radius + kLegendGap;
  };
  const double end =
      narrow ? area.right() : draw_legend(canvas, "gain", loudest, area.right(), draw_level) - 24.0;
  draw_title(canvas, map.title, kAbout, area.x, end - area.x);
  return canvas.finish();
}

}  // namespace ictus::plot
