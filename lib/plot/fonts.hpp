// Whether this machine has letters to write with.
#pragma once

namespace ictus::plot {

/// Whether words are written in a font that has the letters of English and the digits. Where no font is
/// installed, cairo draws thin strokes in place of these, and boxes in place of all others. To be asked
/// before the first picture is drawn: that reads the machine's fonts, about whose settings fontconfig would
/// write to standard error by itself.
[[nodiscard]] bool has_letters();

}  // namespace ictus::plot
