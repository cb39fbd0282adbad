#include "lib/report/png.hpp"

#include <cairo.h>

#include <cstdint>
#include <cstring>
#include <memory>

#include "lib/core/error.hpp"

namespace ictus::report {
namespace {

constexpr std::size_t kLargestSide = 32767;

struct SurfaceDestroyer {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
};

void check(cairo_status_t status) {
  if (status != CAIRO_STATUS_SUCCESS) {
    throw Error(std::string("cannot write a picture as PNG: ") + cairo_status_to_string(status));
  }
}

cairo_status_t append(void* out, const unsigned char* data, unsigned int length) {
  static_cast<std::string*>(out)->append(reinterpret_cast<const char*>(data), length);
  return CAIRO_STATUS_SUCCESS;
}

}  // namespace

std::string png(const Picture& picture) {
  if (picture.width_px == 0 || picture.height_px == 0 || picture.width_px > kLargestSide ||
      picture.height_px > kLargestSide || picture.pixels.size() != picture.width_px * picture.height_px) {
    throw Error("a picture of " + std::to_string(picture.width_px) + " x " +
                std::to_string(picture.height_px) + " pixels cannot be written as PNG");
  }
  const std::unique_ptr<cairo_surface_t, SurfaceDestroyer> surface(cairo_image_surface_create(
      CAIRO_FORMAT_RGB24, static_cast<int>(picture.width_px), static_cast<int>(picture.height_px)));
  check(cairo_surface_status(surface.get()));

  unsigned char* data = cairo_image_surface_get_data(surface.get());
  const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(surface.get()));
  for (std::size_t y = 0; y < picture.height_px; ++y) {
    for (std::size_t x = 0; x < picture.width_px; ++x) {
      const Colour& colour = picture.pixels[y * picture.width_px + x];
      const std::uint32_t pixel =
          std::uint32_t{colour.red} << 16 | std::uint32_t{colour.green} << 8 | colour.blue;
      std::memcpy(data + y * stride + x * sizeof pixel, &pixel, sizeof pixel);
    }
  }
  cairo_surface_mark_dirty(surface.get());

  std::string bytes;
  check(cairo_surface_write_to_png_stream(surface.get(), append, &bytes));
  return bytes;
}

}  // namespace ictus::report
