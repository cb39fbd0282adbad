// Whether this machine has letters to write with.
#pragma once

namespace ictus::plot {

/// Whether a font is installed that has the letters of English and the digits. Without one cairo draws thin
/// strokes in place of them, and boxes in place of all others. To be asked before the first picture is drawn:
/// that reads the machine's fonts, about whose settings fontconfig would write to standard error by itself.
[[nodiscard]] bool has_letters();

}  // namespace ictus::plot
