#include "lib/audio/packed_formats.hpp"

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "lib/audio/flac_reader.hpp"
#include "lib/audio/id3_tags.hpp"
#include "lib/audio/mpeg_frames.hpp"
#include "lib/audio/mpeg_reader.hpp"
#include "lib/audio/ogg_reader.hpp"
#include "lib/audio/riff_chunks.hpp"
#include "lib/audio/sndfile_reader.hpp"
#include "lib/audio/tag_places.hpp"
#include "lib/audio/tagged_reader.hpp"
#include "lib/audio/tags.hpp"

namespace ictus::audio {
namespace {

/// The MPEG frames of a WAV file that has these for its sound.
std::optional<ByteRange> mpeg_in_wav(const ByteRange& file) {
  const auto format = find_riff_chunk(file, "fmt ");
  std::array<std::byte, 2> tag{};
  if (!format || format->read_at(0, tag) != tag.size() || tag[1] != std::byte{0}) return std::nullopt;
  constexpr std::byte kLayer2{0x50};
  constexpr std::byte kLayer3{0x55};
  if (tag[0] != kLayer2 && tag[0] != kLayer3) return std::nullopt;
  const auto sound = find_riff_chunk(file, "data");
  return sound && holds_mpeg_frames(*sound) ? sound : std::nullopt;
}

Tags tags_of_wav(const ByteRange& file) {
  Tags tags;
  constexpr std::uint64_t kWordBytes = 4;
  constexpr std::uint64_t kMostBytes = 1 << 20;
  const auto list = find_riff_chunk(file, "list", "INFO");
  if (list && list->size() > kWordBytes && list->size() <= kMostBytes) {
    std::vector<std::byte> info(list->size() - kWordBytes);
    info.resize(list->read_at(kWordBytes, info));
    tags = parse_info_tags(info);
  }
  add_missing(tags, read_id3_chunk(file));
  return tags;
}

}  // namespace

std::unique_ptr<FrameReader> open_packed(const ByteRange& file) {
  const std::uint64_t begin = skip_tags(file, 0);
  std::array<char, 4> start{};
  const std::size_t count = file.read_at(begin, std::as_writable_bytes(std::span(start)));
  const std::string_view magic(start.data(), count);
  if (magic == "fLaC") return open_flac(file);
  if (magic == "OggS") return open_ogg(file.part(begin, file.size()));
  // These begin with words as well, which no MPEG frame does, but may hold bytes that look like frames.
  constexpr std::array<std::string_view, 8> kOthers{"RIFF", "RIFX", "RF64", "BW64",
                                                    "FORM", "caff", "riff", ".snd"};
  for (const std::string_view other : kOthers) {
    if (magic != other) continue;
    const auto sound = mpeg_in_wav(file);
    return sound ? with_tags(open_mpeg(*sound), tags_of_wav(file)) : nullptr;
  }
  if (holds_mpeg_frames(file)) return open_mpeg(file);
  // libsndfile would take these for MP3, and libmpg123 say on standard error why they are none.
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(start[i]); };
  const bool looks_like_mpeg = count >= 2 && byte(0) == 0xFF && (byte(1) & 0xE0) == 0xE0;
  if (begin > 0 || looks_like_mpeg) throw not_a_sound_file(file.name());
  return nullptr;
}

}  // namespace ictus::audio
