// What the channels of a sound are meant for.
#pragma once

#include <cstdint>
#include <vector>

namespace ictus::audio {

/// In the order of the bits of a WAVE channel mask (Microsoft, "Multiple channel audio data and WAVE files").
enum class Speaker {
  front_left,
  front_right,
  front_centre,
  low_frequency,
  back_left,
  back_right,
  front_left_of_centre,
  front_right_of_centre,
  back_centre,
  side_left,
  side_right,
  top_centre,
  top_front_left,
  top_front_centre,
  top_front_right,
  top_back_left,
  top_back_centre,
  top_back_right,
};

/// One speaker for each channel, in their order; empty: unknown.
using Speakers = std::vector<Speaker>;

/// The speakers of a WAVE channel mask; empty when it does not name as many as there are channels.
[[nodiscard]] Speakers speakers_of_mask(std::uint32_t mask, int channels);

/// What FLAC means by so many channels where no mask says otherwise (RFC 9639, section 9.1.3).
[[nodiscard]] Speakers flac_speakers(int channels);

/// What Vorbis and Opus mean by so many channels (Vorbis I specification, section 4.3.9; RFC 7845, section
/// 5.1.1.2).
[[nodiscard]] Speakers vorbis_speakers(int channels);

}  // namespace ictus::audio
