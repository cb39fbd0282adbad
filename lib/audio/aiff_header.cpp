#include "lib/audio/aiff_header.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "lib/audio/channel_layout.hpp"
#include "lib/audio/chunks.hpp"
#include "lib/audio/tags.hpp"
#include "lib/core/error.hpp"

namespace ictus::audio {
namespace {

constexpr int kMaxChunks = 10000;
constexpr std::size_t kMostTextBytes = 1 << 16;

/// IEEE 754 extended precision, as a rate in Hz: of no more than an int holds.
int rate_hz(std::span<const std::byte> extended) {
  const auto exponent = static_cast<int>(number(extended.first(2), ByteOrder::big));
  const auto mantissa = static_cast<double>(number(extended.subspan(2, 8), ByteOrder::big));
  const double rate = std::ldexp(mantissa, exponent - 16383 - 63);  // a negative rate is beyond as well
  return static_cast<int>(std::lround(std::min(rate, 2147483647.0)));
}

std::optional<PcmEncoding> encoding_of(std::span<const std::byte> coding, std::size_t bits) {
  using enum PcmEncoding;
  const std::size_t sample_bytes = (bits + 7) / 8;
  const auto is = [&](std::string_view name) { return begins_with(coding, name); };
  const auto integer = [&](const std::array<PcmEncoding, 4>& by_bytes) -> std::optional<PcmEncoding> {
    if (sample_bytes < 1 || sample_bytes > 4) return std::nullopt;
    return by_bytes[sample_bytes - 1];
  };
  if (is("NONE") || is("twos")) return integer({s8, s16be, s24be, s32be});
  if (is("sowt")) return integer({s8, s16le, s24le, s32le});
  if (is("in24")) return s24be;
  if (is("in32")) return s32be;
  if (is("42ni")) return s24le;
  if (is("23ni")) return s32le;
  if (is("raw ")) return u8;
  if (is("fl32") || is("FL32")) return f32be;
  if (is("fl64") || is("FL64")) return f64be;
  return std::nullopt;
}

class Parser {
 public:
  explicit Parser(const HeaderInput& input) : input_(input), walk_(input, ByteOrder::big, "SSND") {}

  std::optional<SoundHeader> parse() {
    std::array<std::byte, 12> start{};
    if (input_.read_at(0, start) != start.size() || !begins_with(start, "FORM")) return std::nullopt;
    const auto kind = std::span(start).subspan(8);
    if (!begins_with(kind, "AIFF") && !begins_with(kind, "AIFC")) return std::nullopt;
    is_aifc_ = begins_with(kind, "AIFC");
    const std::uint64_t form_bytes = number(std::span(start).subspan(4, 4), ByteOrder::big);
    if (is_credible_size(form_bytes)) header_.container_bytes = form_bytes + 8;

    std::uint64_t offset = read_chunks(start.size(), true);
    // What describes the sound may stand behind it, where a pipe cannot look.
    if (input_.file_bytes && header_.data_bytes) {
      const std::uint64_t sound_end = header_.data_offset + *header_.data_bytes;
      offset = read_chunks(sound_end + (sound_end - offset) % 2, false);
    }
    if (!has_comm_ && input_.file_bytes) {
      throw Error(input_.name + " has a damaged AIFF header (no COMM chunk)");
    }
    // Only now: the layout may stand before the number of channels that it is of.
    header_.speakers = speakers_of_layout(layout_, header_.spec.channels);
    return header_;
  }

 private:
  /// Returns where the content of the sound's chunk begins, or the end.
  std::uint64_t read_chunks(std::uint64_t offset, bool before_sound) {
    std::optional<Chunk> last;
    for (int i = 0; i < kMaxChunks; ++i) {
      auto chunk = walk_.at(offset);
      if (!before_sound && !chunk) {
        remark_left_over(input_, offset, header_);
        return offset;
      }
      if (!chunk && last) chunk = walk_.search(*last, header_.remarks);
      if (!chunk) {
        throw Error(input_.name + " is an AIFF file without sound (no SSND chunk)",
                    "copy or record it again");
      }
      if (chunk->is("SSND") && before_sound) {
        read_size(*chunk);
        return chunk->offset;
      }
      read_chunk(*chunk);
      offset = walk_.behind(*chunk, header_.remarks);
      last = chunk;
    }
    throw Error(input_.name + " is an AIFF file of more than " + std::to_string(kMaxChunks) + " chunks");
  }

  void read_chunk(const Chunk& chunk) {
    if (chunk.is("COMM")) read_comm(chunk);
    if (chunk.is("CHAN")) layout_ = content(chunk);
    if (chunk.is("NAME")) read_text(chunk, "title");
    if (chunk.is("AUTH")) read_text(chunk, "artist");
    if (chunk.is("(c) ")) read_text(chunk, "copyright");
    if (chunk.is("ANNO")) read_text(chunk, "comment");
  }

  [[nodiscard]] std::vector<std::byte> content(const Chunk& chunk) const {
    std::vector<std::byte> bytes(std::min<std::uint64_t>(chunk.size, kMostTextBytes));
    bytes.resize(input_.read_at(chunk.offset, bytes));
    return bytes;
  }

  void read_text(const Chunk& chunk, const char* tag) {
    const std::vector<std::byte> bytes = content(chunk);
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const std::string value = to_utf8(text.substr(0, text.find('\0')));
    if (!value.empty()) header_.tags.emplace_back(tag, value);
  }

  void read_comm(const Chunk& chunk) {
    const std::vector<std::byte> comm = content(chunk);
    if (comm.size() < 18)
      throw Error(input_.name + " has a damaged AIFF header (its COMM chunk is too short)");
    const auto field = [&](std::size_t at, std::size_t bytes) {
      return static_cast<std::size_t>(number(std::span(comm).subspan(at, bytes), ByteOrder::big));
    };
    header_.spec.channels = static_cast<int>(field(0, 2));
    header_.spec.sample_rate_hz = rate_hz(std::span(comm).subspan(8, 10));
    const bool has_coding = is_aifc_ && comm.size() >= 22;
    constexpr std::array kPlain{std::byte{'N'}, std::byte{'O'}, std::byte{'N'}, std::byte{'E'}};
    const auto coding = has_coding ? std::span(comm).subspan(18, 4) : std::span(kPlain);
    header_.encoding = encoding_of(coding, field(6, 2));
    if (header_.encoding) {
      header_.bytes_per_frame = field(0, 2) * bytes_per_sample(*header_.encoding);
    } else if (!has_coding || begins_with(coding, "NONE") || begins_with(coding, "sowt")) {
      throw Error(input_.name + " has samples of " + std::to_string(field(6, 2)) + " bits",
                  "1 to 32 bits work");
    }
    has_comm_ = true;
  }

  void read_size(const Chunk& chunk) {
    constexpr std::uint64_t kAhead = 8;  // where the sound begins, and a size of blocks
    std::array<std::byte, 4> begins{};
    if (input_.read_at(chunk.offset, begins) != begins.size()) {
      throw Error(input_.name + " is an AIFF file that ends inside its header",
                  "it holds no sound; copy or record it again");
    }
    std::uint64_t skipped = number(begins, ByteOrder::big);
    if (skipped > 0 && skipped + kAhead > chunk.size) skipped = 0;  // nonsense
    header_.data_offset = chunk.offset + kAhead + skipped;
    header_.size_field = {chunk.offset - 4, 4, ByteOrder::big, kAhead + skipped};
    const bool is_size = is_credible_size(chunk.size);
    settle_size(input_, is_size ? chunk.size - std::min(chunk.size, kAhead + skipped) : chunk.size, header_);
  }

  const HeaderInput& input_;
  ChunkWalk walk_;
  SoundHeader header_;
  bool is_aifc_ = false;
  std::vector<std::byte> layout_;  ///< content of CHAN
  bool has_comm_ = false;
};

}  // namespace

std::optional<SoundHeader> read_aiff_header(const HeaderInput& input) { return Parser(input).parse(); }

}  // namespace ictus::audio
