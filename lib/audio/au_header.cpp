#include "lib/audio/au_header.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "lib/audio/tags.hpp"
#include "lib/core/error.hpp"

namespace ictus::audio {
namespace {

constexpr std::uint64_t kHeaderBytes = 24;
constexpr std::uint64_t kMostTextBytes = 1 << 16;
constexpr std::uint64_t kUnknown = 0xFFFFFFFF;

std::optional<PcmEncoding> encoding_of(std::uint64_t number, bool is_big) {
  using enum PcmEncoding;
  switch (number) {
    case 2:
      return s8;
    case 3:
      return is_big ? s16be : s16le;
    case 4:
      return is_big ? s24be : s24le;
    case 5:
      return is_big ? s32be : s32le;
    case 6:
      return is_big ? f32be : f32le;
    case 7:
      return is_big ? f64be : f64le;
    default:  // mu-law, A-law, ADPCM
      return std::nullopt;
  }
}

}  // namespace

std::optional<SoundHeader> read_au_header(const HeaderInput& input) {
  std::array<std::byte, kHeaderBytes> start{};
  const std::size_t count = input.read_at(0, start);
  const bool is_big = begins_with(std::span(start).first(count), ".snd");
  if (!is_big && !begins_with(std::span(start).first(count), "dns.")) return std::nullopt;
  const auto field = [&](std::size_t index) {
    return number(std::span<const std::byte>(start).subspan(4 * index, 4),
                  is_big ? ByteOrder::big : ByteOrder::little);
  };
  if (count < start.size() || field(1) < kHeaderBytes) {
    throw Error(input.name + " has a damaged AU header", "it holds no sound; copy or record it again");
  }
  SoundHeader header;
  header.data_offset = field(1);
  header.size_field = {8, 4, is_big ? ByteOrder::big : ByteOrder::little, 0};
  header.encoding = encoding_of(field(3), is_big);
  header.spec.sample_rate_hz = static_cast<int>(std::min<std::uint64_t>(field(4), 0x7FFFFFFF));
  header.spec.channels = static_cast<int>(std::min<std::uint64_t>(field(5), 0xFFFF));
  if (header.encoding) {
    header.bytes_per_frame =
        static_cast<std::size_t>(header.spec.channels) * bytes_per_sample(*header.encoding);
  }
  if (field(2) != kUnknown) settle_size(input, field(2), header);
  if (header.data_bytes) {
    remark_left_over(input, header.data_offset + *header.data_bytes, header);
  }

  std::vector<std::byte> note(std::min(header.data_offset - kHeaderBytes, kMostTextBytes));
  note.resize(input.read_at(kHeaderBytes, note));
  const std::string_view text(reinterpret_cast<const char*>(note.data()), note.size());
  const std::string comment = to_utf8(text.substr(0, text.find('\0')));
  if (!comment.empty()) header.tags.emplace_back("comment", comment);
  return header;
}

}  // namespace ictus::audio
