// Reads a PNG file in memory through libpng's own interface.
#pragma once

#include <png.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace ictus::tests {

struct ReadPicture {
  std::size_t width_px = 0;
  std::size_t height_px = 0;
  std::vector<unsigned char> rgb;  ///< three bytes a pixel

  [[nodiscard]] int brightness(std::size_t x, std::size_t y) const {
    const std::size_t at = 3 * (y * width_px + x);
    return rgb[at] + rgb[at + 1] + rgb[at + 2];
  }
};

inline ReadPicture read_png(const std::string& bytes) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  if (png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()) == 0) {
    throw std::runtime_error(image.message);
  }
  image.format = PNG_FORMAT_RGB;
  ReadPicture picture{image.width, image.height, std::vector<unsigned char>(PNG_IMAGE_SIZE(image))};
  if (png_image_finish_read(&image, nullptr, picture.rgb.data(), 0, nullptr) == 0) {
    throw std::runtime_error(image.message);
  }
  return picture;
}

}  // namespace ictus::tests
