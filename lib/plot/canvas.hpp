// What pictures are drawn on: a surface for each kind of file, with the colours of a theme, and words.
#pragma once

#include <cairo.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "lib/plot/picture_format.hpp"
#include "lib/report/colour_map.hpp"

namespace ictus::plot {

struct Palette {
  report::Colour ground;  ///< of the whole picture
  report::Colour plane;   ///< of what things are drawn in
  report::Colour shade;   ///< parts of the plane that stand back
  report::Colour line;
  report::Colour strong_line;
  report::Colour words;
  report::Colour quiet_words;
};

struct Area {
  double x;
  double y;
  double width;
  double height;

  [[nodiscard]] double right() const { return x + width; }
  [[nodiscard]] double bottom() const { return y + height; }
};

/// Between the sides of a picture and what is drawn in it.
struct Margins {
  double left;
  double top;
  double right;
  double bottom;
};

enum class Alignment { begin, middle, end };

struct TextStyle {
  double size;
  report::Colour colour;
  bool bold = false;
  Alignment alignment = Alignment::begin;
};

/// Lengths are in units of which a picture of 1200 x 600 pixels has as many; larger ones are the same picture
/// enlarged as far as both sides allow, so that words grow with it. In smaller ones words shrink less than
/// all else.
class Canvas {
 public:
  /// Throws ictus::Error for a size that is not allowed.
  explicit Canvas(const PictureFormat& format);
  Canvas(const Canvas&) = delete;
  Canvas& operator=(const Canvas&) = delete;

  [[nodiscard]] FileKind kind() const { return kind_; }
  [[nodiscard]] cairo_t* context() const { return context_.get(); }
  [[nodiscard]] const Palette& palette() const { return palette_; }
  [[nodiscard]] double width() const { return width_; }
  [[nodiscard]] double height() const { return height_; }
  [[nodiscard]] double scale() const { return scale_; }  ///< pixels a unit
  [[nodiscard]] Area within(const Margins& margins) const {
    return {margins.left, margins.top, width_ - margins.left - margins.right,
            height_ - margins.top - margins.bottom};
  }

  void set_colour(const report::Colour& colour, double opacity = 1.0) const;
  void fill(const Area& area, const report::Colour& colour) const;
  void outline(const Area& area, const report::Colour& colour) const;
  void vertical_line(double x, double from_y, double to_y, const report::Colour& colour) const;
  void horizontal_line(double y, double from_x, double to_x, const report::Colour& colour) const;

  [[nodiscard]] double width_of(const std::string& text, const TextStyle& style) const;
  /// `text`, or as much of its beginning and end as fits into the width.
  [[nodiscard]] std::string shortened(std::string_view text, double width, const TextStyle& style) const;
  /// The first of the texts that fits into the width; of none, the last one, shortened.
  [[nodiscard]] std::string fitting(std::initializer_list<const char*> texts, double width,
                                    const TextStyle& style) const;
  /// Draws UTF-8; `y` is the line that letters stand on.
  void text(const std::string& text, double x, double y, const TextStyle& style) const;
  /// The same, read from below to above along `x`, around the middle `y`.
  void upward_text(const std::string& text, double x, double y, const TextStyle& style) const;

  /// The bytes of the file; nothing can be drawn after that. Throws ictus::Error if that failed.
  [[nodiscard]] std::string finish();

 private:
  struct Destroyer {
    void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
    void operator()(cairo_t* context) const { cairo_destroy(context); }
  };

  void select(const TextStyle& style) const;

  FileKind kind_;
  double scale_;
  double width_;
  double height_;
  Palette palette_;
  std::string bytes_;
  std::unique_ptr<cairo_surface_t, Destroyer> surface_;
  std::unique_ptr<cairo_t, Destroyer> context_;
};

}  // namespace ictus::plot
