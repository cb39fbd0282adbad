#include "lib/report/png.hpp"

#include <doctest/doctest.h>

#include "lib/core/error.hpp"
#include "tests/unit/report/png_reader.hpp"

using namespace ictus;
using namespace ictus::report;

TEST_CASE("png: another reader finds the pixels where they were put") {
  const std::string bytes =
      png({3, 2, {{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {1, 2, 3}, {250, 128, 7}, {255, 255, 255}}});
  CHECK(bytes.starts_with("\x89PNG\r\n\x1a\n"));
  const tests::ReadPicture picture = tests::read_png(bytes);
  CHECK(picture.width_px == 3);
  CHECK(picture.height_px == 2);
  CHECK(picture.rgb ==
        std::vector<unsigned char>{255, 0, 0, 0, 255, 0, 0, 0, 255, 1, 2, 3, 250, 128, 7, 255, 255, 255});
}

TEST_CASE("png: pictures that cannot be written are refused") {
  CHECK_THROWS_AS((void)png({0, 0, {}}), Error);
  CHECK_THROWS_AS((void)png({2, 2, {{0, 0, 0}}}), Error);
  CHECK_THROWS_AS((void)png({40000, 1, std::vector<Colour>(40000)}), Error);
}
