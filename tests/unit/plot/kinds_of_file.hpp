// What holds for the files of all pictures.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <utility>

#include "lib/plot/picture_format.hpp"

namespace ictus::tests {

/// Each kind of file begins as it must, and is the same each time. `draw` takes a format.
template <typename Draw>
void check_kinds_of_file(plot::PictureFormat format, Draw draw) {
  using plot::FileKind;
  for (const auto& [kind, first] : {std::pair{FileKind::png, "\x89PNG\r\n\x1a\n"},
                                    std::pair{FileKind::svg, "<?xml"}, std::pair{FileKind::pdf, "%PDF-1."}}) {
    const std::string begin = first;
    CAPTURE(begin);
    format.kind = kind;
    const std::string bytes = draw(format);
    CHECK(bytes.starts_with(begin));
    CHECK(draw(format) == bytes);
  }
}

}  // namespace ictus::tests
