// The header of a WAV stream: RIFF, big-endian RIFX, and RF64 or BW64 for sizes of 64 bits (EBU Tech 3306,
// ITU-R BS.2088).
#pragma once

#include <optional>

#include "lib/audio/sound_header.hpp"

namespace ictus::audio {

/// Nothing if the input is not a WAV stream at all; throws ictus::Error if it is one and is unusable.
std::optional<SoundHeader> read_wav_header(const HeaderInput& input);

/// The content of a fmt chunk, which W64 has too. Throws ictus::Error when it contradicts itself.
void read_wav_format(std::span<const std::byte> fmt, ByteOrder order, const std::string& name,
                     SoundHeader& header);

}  // namespace ictus::audio
