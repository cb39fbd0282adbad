// Sound as Ogg Opus in memory.
#pragma once

#include <span>
#include <string>

namespace ictus::report {

/// The bytes of an Ogg Opus file (RFC 7845) of mono sound, of about 28 kbit/s, which at 16 kHz is hardly
/// to be told from the original; or of another bitrate, from 6 to 256 kbit/s. A file is up to 0.5 kbit/s
/// larger than that, and below 9 kbit/s nothing above 4 kHz is kept. A player gets exactly as many samples
/// back (Chromium tells 6.5 ms more, those that it skips at the beginning). The same samples give the same
/// bytes.
/// Throws ictus::Error if there are no samples, for a rate other than 8, 12, 16, 24 or 48 kHz, or for another
/// bitrate.
[[nodiscard]] std::string ogg_opus(std::span<const float> samples, int sample_rate_hz,
                                   double kbit_per_s = 28.0);

}  // namespace ictus::report
