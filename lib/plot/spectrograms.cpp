#include "lib/plot/spectrograms.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <memory>

#include "lib/core/error.hpp"
#include "lib/plot/axes.hpp"
#include "lib/plot/canvas.hpp"

namespace ictus::plot {
namespace {

constexpr double kLeft = 58.0;
constexpr double kTop = 88.0;
constexpr double kRight = 78.0;  // with the key of colours
constexpr double kBottom = 48.0;
constexpr double kGap = 18.0;
constexpr double kKeyWidth = 14.0;
constexpr std::size_t kMostPanels = 3;

/// On whole pixels, so that each place of a spectrogram can have its own.
std::vector<Area> panel_areas(std::size_t panels, const Canvas& canvas) {
  const auto count = static_cast<double>(panels);
  const double each = (canvas.width() - kLeft - kRight - (count - 1.0) * kGap) / count;
  const auto on_pixel = [&](double length) { return std::round(length * canvas.scale()) / canvas.scale(); };
  std::vector<Area> areas;
  for (std::size_t i = 0; i < panels; ++i) {
    areas.push_back({on_pixel(kLeft + static_cast<double>(i) * (each + kGap)), on_pixel(kTop), on_pixel(each),
                     on_pixel(canvas.height() - kTop - kBottom)});
  }
  return areas;
}

void draw_bitmap(const Canvas& canvas, const report::Picture& picture, const Area& area) {
  const std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)> bitmap(
      cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(picture.width_px),
                                 static_cast<int>(picture.height_px)),
      cairo_surface_destroy);
  if (cairo_surface_status(bitmap.get()) != CAIRO_STATUS_SUCCESS) {
    throw Error(
        fmt::format("a spectrogram of {} x {} pixels cannot be drawn", picture.width_px, picture.height_px));
  }
  unsigned char* data = cairo_image_surface_get_data(bitmap.get());
  const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(bitmap.get()));
  for (std::size_t y = 0; y < picture.height_px; ++y) {
    for (std::size_t x = 0; x < picture.width_px; ++x) {
      const report::Colour& colour = picture.pixels[y * picture.width_px + x];
      const std::uint32_t pixel =
          std::uint32_t{colour.red} << 16 | std::uint32_t{colour.green} << 8 | colour.blue;
      std::memcpy(data + y * stride + x * sizeof pixel, &pixel, sizeof pixel);
    }
  }
  cairo_surface_mark_dirty(bitmap.get());
  cairo_t* context = canvas.context();
  cairo_save(context);
  cairo_rectangle(context, area.x, area.y, area.width, area.height);
  cairo_clip(context);
  cairo_translate(context, area.x, area.y);
  cairo_scale(context, area.width / static_cast<double>(picture.width_px),
              area.height / static_cast<double>(picture.height_px));
  cairo_set_source_surface(context, bitmap.get(), 0.0, 0.0);
  // Without it an edge that is enlarged is mixed with what is beyond it. In SVG cairo repeats the picture
  // instead.
  if (canvas.kind() != FileKind::svg) cairo_pattern_set_extend(cairo_get_source(context), CAIRO_EXTEND_PAD);
  cairo_paint(context);
  cairo_restore(context);
}

void draw_frequencies(const Canvas& canvas, const report::Spectrogram& levels, const Area& area) {
  const TextStyle style{kLabelSize, canvas.palette().quiet_words, false, Alignment::end};
  const int most = static_cast<int>(area.height / 18.0);
  for (const Tick& tick : frequency_ticks(report::kLowestHz, levels.highest_hz, most)) {
    const double y = area.y + levels.height_of(tick.value) * area.height;
    canvas.horizontal_line(y, area.x - 5.0, area.x, canvas.palette().strong_line);
    canvas.text(tick.label, area.x - 9.0, y + 4.0, style);
  }
  canvas.upward_text("frequency, Hz", 16.0, area.y + area.height / 2.0,
                     {kLabelSize, canvas.palette().quiet_words});
}

void draw_key(const Canvas& canvas, const Area& key) {
  report::Picture picture{1, 256, {}};
  for (std::size_t i = 0; i < picture.height_px; ++i) {
    picture.pixels.push_back(
        report::colour_of(1.0 - static_cast<double>(i) / static_cast<double>(picture.height_px - 1)));
  }
  draw_bitmap(canvas, picture, key);
  const TextStyle style{kLabelSize, canvas.palette().quiet_words};
  const double step_db = key.height >= 90.0 ? 20.0 : 40.0;
  for (double below = 0.0; below <= report::kRangeDb; below += step_db) {
    const double y = key.y + key.height * below / report::kRangeDb;
    canvas.horizontal_line(y, key.right(), key.right() + 4.0, canvas.palette().strong_line);
    canvas.text(below == 0.0 ? "0 dB" : fmt::format("\u2212{:g}", below), key.right() + 8.0, y + 4.0, style);
  }
}

}  // namespace

PanelSize panel_size(std::size_t panels, const PictureFormat& format) {
  const Canvas canvas({FileKind::svg, format.theme, format.width_px, format.height_px});
  const Area area = panel_areas(std::max<std::size_t>(panels, 1), canvas).front();
  return {static_cast<std::size_t>(std::max(std::round(area.width * canvas.scale()), 1.0)),
          static_cast<std::size_t>(std::max(std::round(area.height * canvas.scale()), 1.0))};
}

report::Powers residual(const report::Powers& original, const report::Powers& decoded) {
  if (original.columns != decoded.columns || original.rows != decoded.rows ||
      original.highest_hz != decoded.highest_hz) {
    throw Error("spectrograms of different sizes cannot be compared");
  }
  report::Powers result = original;
  for (std::size_t i = 0; i < result.power.size(); ++i) {
    result.power[i] = std::max(original.power[i] - decoded.power[i], 0.0);
  }
  return result;
}

std::string spectrograms(const Spectrograms& spectrograms, const PictureFormat& format) {
  const std::vector<Panel>& panels = spectrograms.panels;
  if (panels.empty()) throw Error("there is nothing to draw");
  if (panels.size() > kMostPanels) throw Error("more than three spectrograms cannot be drawn in one picture");
  double span_s = 0.1;
  for (const Panel& panel : panels) {
    if (panel.powers.power.empty()) throw Error("there is nothing to draw");
    if (panel.powers.highest_hz != panels.front().powers.highest_hz) {
      throw Error("spectrograms of different sample rates cannot be drawn in one picture");
    }
    span_s = std::max(span_s, panel.duration_s);
  }

  Canvas canvas(format);
  const std::vector<Area> areas = panel_areas(panels.size(), canvas);
  const double reference = report::loudest(panels.front().powers);
  const TextStyle title_style{13.0, canvas.palette().words, true};
  for (std::size_t i = 0; i < panels.size(); ++i) {
    const Area& area = areas[i];
    const report::Spectrogram levels = report::levels(panels[i].powers, reference);
    canvas.fill(area, canvas.palette().plane);
    const TimeAxis axis{0.0, span_s, area};
    const double end = std::clamp(axis.x_of(panels[i].duration_s), area.x + 1.0, area.right());
    draw_bitmap(canvas, report::picture_of(levels), {area.x, area.y, end - area.x, area.height});
    draw_time_labels(canvas, axis);
    canvas.text(canvas.shortened(panels[i].title, area.width, title_style), area.x, area.y - 9.0,
                title_style);
    if (i == 0) draw_frequencies(canvas, levels, area);
  }
  const Area& last = areas.back();
  draw_key(canvas, {last.right() + 18.0, last.y, kKeyWidth, last.height});
  draw_title(
      canvas, spectrograms.title,
      {panels.size() == 1 ? "power over time and frequency; 0 dB is the loudest place"
                          : "power over time and frequency; 0 dB is the loudest place of the first panel",
       panels.size() == 1 ? "0 dB is the loudest place" : "0 dB: the loudest place of the first"},
      kLeft, canvas.width() - kLeft - 24.0);
  return canvas.finish();
}

}  // namespace ictus::plot
