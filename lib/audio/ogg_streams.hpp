// The sound of one link of an Ogg file: Vorbis, Opus or FLAC.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lib/audio/ogg_pages.hpp"
#include "lib/audio/uniform_reader.hpp"

namespace ictus::audio {

/// The end is that of the link.
class OggStream : public SoundBlocks {
 public:
  /// What the page with this granule position says of the length, in frames.
  [[nodiscard]] virtual std::uint64_t frames_at(std::int64_t granule) const = 0;
};

/// Each reads the link's headers from `pages`, and throws ictus::Error with `name` if they cannot be used.
std::unique_ptr<OggStream> open_vorbis(OggPages& pages, const std::string& name);
std::unique_ptr<OggStream> open_opus(OggPages& pages, const std::string& name);
std::unique_ptr<OggStream> open_ogg_flac(OggPages& pages, const std::string& name);

/// Where the sound of Vorbis and Opus is, so that silence can be put where pages are lost.
class GranuleClock {
 public:
  /// `granules` were decoded from this page. Returns how many are missing before them.
  std::uint64_t missing_before(const OggPackets& page, std::uint64_t granules, int granule_rate_hz) {
    // A position may be damaged as well; nothing longer is believed.
    constexpr std::int64_t kMostLostSeconds = 60;
    has_loss_ = has_loss_ || page.is_after_loss;
    since_ += static_cast<std::int64_t>(granules);
    if (page.granule < 0) return 0;
    const std::int64_t missing = page.granule - granule_ - since_;
    const bool is_believed = has_loss_ && missing > 0 && missing <= kMostLostSeconds * granule_rate_hz;
    granule_ = page.granule;
    since_ = 0;
    has_loss_ = false;
    return is_believed ? static_cast<std::uint64_t>(missing) : 0;
  }

 private:
  std::int64_t granule_ = 0;
  std::int64_t since_ = 0;  ///< decoded since then
  bool has_loss_ = false;
};

}  // namespace ictus::audio
