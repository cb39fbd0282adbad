// The header of a WAV stream (RIFF or RF64).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "lib/audio/audio.hpp"
#include "lib/audio/pcm.hpp"

namespace ictus::audio {

/// Copies bytes from a place in the input; returns how many, fewer only at the end.
using ReadAt = std::function<std::size_t(std::uint64_t offset, std::span<std::byte> bytes)>;

struct WavHeader {
  AudioSpec spec;
  std::optional<PcmEncoding> encoding;  ///< none: something other than plain PCM
  std::size_t bytes_per_frame = 0;
  std::uint64_t data_offset = 0;
  /// None where the producer could not know.
  std::optional<std::uint64_t> data_bytes;
  Tags tags;
};

/// What follows the sound can hold tags, but only a file lets us look there first.
enum class LookBehindSound { no, yes };

/// Nothing if the input is not a WAV stream at all; throws ictus::Error if it is one and is unusable.
std::optional<WavHeader> read_wav_header(const ReadAt& read_at, LookBehindSound behind,
                                         const std::string& name);

/// False for the numbers that programs put in place of a size when they write to a pipe: ffmpeg
/// 0xFFFFFFFF, sox and arecord about 0x80000000, opusdec and lame about 0x7FFFFFFF.
bool is_credible_chunk_size(std::uint64_t size);

}  // namespace ictus::audio
