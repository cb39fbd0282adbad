// What the header of a container says of the sound in it: WAV, W64, AIFF, AU, CAF.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lib/audio/audio.hpp"
#include "lib/audio/bytes.hpp"
#include "lib/audio/pcm.hpp"
#include "lib/audio/speakers.hpp"
#include "lib/core/error.hpp"

namespace ictus::audio {

/// Copies bytes from a place in the input; returns how many, fewer only at the end.
using ReadAt = std::function<std::size_t(std::uint64_t offset, std::span<std::byte> bytes)>;

/// The bytes that are to be read for a header.
struct HeaderInput {
  const ReadAt& read_at;
  /// None: a pipe, where what follows the sound cannot be looked at before it.
  std::optional<std::uint64_t> file_bytes;
  const std::string& name;
};

/// Where a header says how many bytes of sound there are.
struct SizeField {
  std::uint64_t offset = 0;
  std::size_t bytes = 0;
  ByteOrder order = ByteOrder::little;
  std::uint64_t more_than_sound = 0;  ///< what the number counts beside the sound
};

struct SoundHeader {
  AudioSpec spec;
  Speakers speakers;                    ///< empty: the header does not say
  std::optional<PcmEncoding> encoding;  ///< none: something other than plain PCM
  /// 24 bits in 4 bytes, of which a writer may leave free the first instead of the last.
  bool may_be_right_justified = false;
  std::size_t bytes_per_frame = 0;  ///< of coded sound, those of a block
  std::uint64_t data_offset = 0;
  /// Of the sound, as the header says; none where the producer could not know.
  std::optional<std::uint64_t> data_bytes;
  SizeField size_field;
  /// The first bytes of the header, and its length. libsndfile, where it cannot seek, writes the header anew
  /// before and behind the sound instead of in its place.
  std::array<std::byte, 4> magic{};
  std::uint64_t header_bytes = 0;
  /// Of the whole file, as the header says; none where that is not credible.
  std::optional<std::uint64_t> container_bytes;
  /// How many frames coded sound decodes to, where the header says so.
  std::optional<std::uint64_t> coded_frames;
  Tags tags;
  std::vector<std::string> remarks;  ///< what was mended or ignored
};

/// Nothing if the input is none of these containers; throws ictus::Error if it is one and is unusable.
std::optional<SoundHeader> read_sound_header(const HeaderInput& input);

/// False for the numbers that programs put in place of a 32-bit size when they write to a pipe: ffmpeg
/// 0xFFFFFFFF, sox (WAV) and arecord about 0x80000000, opusdec and lame about 0x7FFFFFFF, sox (AIFF) about
/// 0x7F000000.
bool is_credible_size(std::uint64_t size);

/// What a declared size of the sound is worth, beginning at header.data_offset: sets header.data_bytes.
/// Placeholders are not believed, nor is 0 where no chunk follows, nor what 32 bits could not hold of a
/// larger file.
void settle_size(const HeaderInput& input, std::uint64_t declared, SoundHeader& header);

/// Takes the rest of the file for the sound, up to where a repeated header stands.
void take_rest(const HeaderInput& input, SoundHeader& header);

/// The remark on a header that is repeated.
std::string repeated_header();

/// Says in the header's remarks what follows the sound and is no part of the container.
void remark_left_over(const HeaderInput& input, std::uint64_t offset, SoundHeader& header);

/// The remark on so many bytes behind the sound that are no part of the file.
std::string left_over(std::uint64_t bytes);

/// What it means that less sound is there than the header promises: damage, or a header that is wrong.
struct Shortfall {
  std::optional<DamagedInput> damage;
  std::string remark;
};

/// `present` bytes of sound have been found. Nothing is missing where the promised size counts the header as
/// well, or the size of the whole file is right.
Shortfall judge_shortfall(const SoundHeader& header, std::uint64_t present, const std::string& name);

}  // namespace ictus::audio
