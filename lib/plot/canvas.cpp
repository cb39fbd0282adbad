#include "lib/plot/canvas.hpp"

#include <cairo-pdf.h>
#include <cairo-svg.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <map>
#include <numbers>
#include <utility>

#include "lib/core/error.hpp"
#include "lib/core/utf8.hpp"
#include "lib/plot/text.hpp"

namespace ictus::plot {
namespace {

constexpr double kUsualWidth = 1200.0;
constexpr double kUsualHeight = 600.0;
// Of words of 12 pixels, 9 are left.
constexpr double kSmallestScale = 0.75;

constexpr Palette kLight = {{255, 255, 255}, {250, 250, 251}, {241, 242, 244}, {228, 230, 234},
                            {190, 194, 201}, {28, 31, 36},    {92, 98, 108}};
constexpr Palette kDark = {{19, 21, 26}, {25, 28, 34},    {33, 36, 43},   {44, 48, 57},
                           {82, 88, 99}, {236, 238, 242}, {160, 166, 176}};

void check(cairo_status_t status) {
  if (status != CAIRO_STATUS_SUCCESS) {
    throw Error(std::string("cannot draw a picture: ") + cairo_status_to_string(status),
                status == CAIRO_STATUS_NO_MEMORY ? "a smaller one takes less memory" : "");
  }
}

cairo_status_t append(void* out, const unsigned char* data, unsigned int length) {
  static_cast<std::string*>(out)->append(reinterpret_cast<const char*>(data), length);
  return CAIRO_STATUS_SUCCESS;
}

/// Numbers the ids of an SVG file anew, which cairo counts on from one picture to the next.
std::string with_own_ids(std::string_view svg) {
  std::string result;
  std::map<std::string, std::size_t, std::less<>> numbers;
  while (true) {
    // References are "#surface5" and definitions "\"surface5"; neither is in pictures, which are base64.
    const std::size_t mark = svg.find_first_of("#\"");
    if (mark == std::string_view::npos) break;
    result += svg.substr(0, mark + 1);
    svg.remove_prefix(mark + 1);
    for (const std::string_view kind : {"surface", "image"}) {
      if (!svg.starts_with(kind)) continue;
      const std::size_t end = std::min(svg.find_first_not_of("0123456789", kind.size()), svg.size());
      if (end == kind.size()) continue;
      const std::size_t number =
          numbers.try_emplace(std::string(svg.substr(0, end)), numbers.size()).first->second;
      result += std::string(kind) + std::to_string(number);
      svg.remove_prefix(end);
    }
  }
  return result += svg;
}

cairo_surface_t* new_surface(const PictureFormat& format, std::string& bytes) {
  const bool allowed = format.width_px >= 300 && format.width_px <= 10000 && format.height_px >= 200 &&
                       format.height_px <= 10000;
  if (!allowed) {
    throw Error("a picture of " + std::to_string(format.width_px) + " x " + std::to_string(format.height_px) +
                    " pixels cannot be drawn",
                "take from 300 x 200 to 10000 x 10000 pixels");
  }
  cairo_surface_t* surface = nullptr;
  switch (format.kind) {
    case FileKind::png:
      surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, format.width_px, format.height_px);
      break;
    case FileKind::svg:
      surface = cairo_svg_surface_create_for_stream(append, &bytes, format.width_px, format.height_px);
      cairo_svg_surface_set_document_unit(surface, CAIRO_SVG_UNIT_PX);
      break;
    case FileKind::pdf:
      surface = cairo_pdf_surface_create_for_stream(append, &bytes, format.width_px, format.height_px);
      // The same picture is the same file, on any day.
      cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "2000-01-01T00:00:00Z");
      break;
  }
  return surface;
}

}  // namespace

Canvas::Canvas(const PictureFormat& format)
    : kind_(format.kind),
      scale_(
          std::max(std::min(format.width_px / kUsualWidth, format.height_px / kUsualHeight), kSmallestScale)),
      width_(format.width_px / scale_),
      height_(format.height_px / scale_),
      palette_(format.theme == Theme::light ? kLight : kDark),
      surface_(new_surface(format, bytes_)),
      context_(cairo_create(surface_.get())) {
  check(cairo_status(context_.get()));
  cairo_scale(context(), scale_, scale_);
  // Letters stand as far apart at every size, and in every kind of file.
  cairo_font_options_t* options = cairo_font_options_create();
  cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  cairo_set_font_options(context(), options);
  cairo_font_options_destroy(options);
  fill({0.0, 0.0, width_, height_}, palette_.ground);
}

void Canvas::set_colour(const report::Colour& colour, double opacity) const {
  // In PDF each opacity is an object of its own.
  const double rounded = std::round(64.0 * opacity) / 64.0;
  cairo_set_source_rgba(context(), colour.red / 255.0, colour.green / 255.0, colour.blue / 255.0, rounded);
}

void Canvas::fill(const Area& area, const report::Colour& colour) const {
  set_colour(colour);
  cairo_rectangle(context(), area.x, area.y, area.width, area.height);
  cairo_fill(context());
}

void Canvas::outline(const Area& area, const report::Colour& colour) const {
  vertical_line(area.x, area.y, area.bottom(), colour);
  vertical_line(area.right(), area.y, area.bottom(), colour);
  horizontal_line(area.y, area.x, area.right(), colour);
  horizontal_line(area.bottom(), area.x, area.right(), colour);
}

void Canvas::vertical_line(double x, double from_y, double to_y, const report::Colour& colour) const {
  // On whole pixels, where it is sharp.
  const double line_px = std::max(1.0, std::round(scale_));
  const double left = std::round(x * scale_ - line_px / 2.0) / scale_;
  fill({left, from_y, line_px / scale_, to_y - from_y}, colour);
}

void Canvas::horizontal_line(double y, double from_x, double to_x, const report::Colour& colour) const {
  const double line_px = std::max(1.0, std::round(scale_));
  const double top = std::round(y * scale_ - line_px / 2.0) / scale_;
  fill({from_x, top, to_x - from_x, line_px / scale_}, colour);
}

void Canvas::select(const TextStyle& style) const {
  cairo_select_font_face(context(), "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                         style.bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(context(), style.size);
}

double Canvas::width_of(const std::string& text, const TextStyle& style) const {
  select(style);
  cairo_text_extents_t extents;
  cairo_text_extents(context(), text.c_str(), &extents);
  return extents.x_advance;
}

std::string Canvas::shortened(std::string_view text, double width, const TextStyle& style) const {
  // No more of it could fit, however thin its letters.
  constexpr std::size_t kMost = 2000;
  std::string whole = without_middle(printable(text), kMost);
  if (width_of(whole, style) <= width) return whole;
  std::size_t fits = 0;
  std::size_t too_many = length_of(whole);
  while (fits + 1 < too_many) {
    const std::size_t characters = (fits + too_many) / 2;
    (width_of(without_middle(whole, characters), style) <= width ? fits : too_many) = characters;
  }
  return without_middle(whole, fits);
}

std::string Canvas::fitting(std::initializer_list<const char*> texts, double width,
                            const TextStyle& style) const {
  for (const char* text : texts) {
    if (width_of(text, style) <= width) return text;
  }
  return shortened(*(texts.end() - 1), width, style);
}

void Canvas::text(const std::string& text, double x, double y, const TextStyle& style) const {
  const double part = style.alignment == Alignment::begin    ? 0.0
                      : style.alignment == Alignment::middle ? 0.5
                                                             : 1.0;
  const double left = x - part * width_of(text, style);
  set_colour(style.colour);
  cairo_move_to(context(), left, y);
  cairo_show_text(context(), text.c_str());
  cairo_new_path(context());
}

void Canvas::upward_text(const std::string& words, double x, double y, const TextStyle& style) const {
  TextStyle centred = style;
  centred.alignment = Alignment::middle;
  cairo_save(context());
  cairo_translate(context(), x, y);
  cairo_rotate(context(), -std::numbers::pi / 2.0);
  text(words, 0.0, 0.0, centred);
  cairo_restore(context());
}

std::string Canvas::finish() {
  check(cairo_status(context()));
  if (kind_ == FileKind::png) {
    check(cairo_surface_write_to_png_stream(surface_.get(), append, &bytes_));
  } else {
    cairo_surface_finish(surface_.get());
  }
  check(cairo_surface_status(surface_.get()));
  return kind_ == FileKind::svg ? with_own_ids(bytes_) : std::move(bytes_);
}

}  // namespace ictus::plot
