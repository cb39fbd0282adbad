#include "lib/audio/wav_header.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <vector>

#include "lib/audio/chunks.hpp"
#include "lib/audio/tags.hpp"
#include "lib/audio/wav_format.hpp"
#include "lib/core/error.hpp"

namespace ictus::audio {
namespace {

constexpr int kFormatExtensible = 0xFFFE;
constexpr std::size_t kExtensibleBytes = 40;
constexpr int kMaxChunks = 10000;
constexpr std::size_t kMaxListBytes = 1 << 20;

/// What a frame of PCM takes by its fmt chunk; 0 where that cannot be.
///
/// Writers are known to count a frame in bits, to count one channel, or to leave 0, and to keep 24 bits in 4
/// bytes.
std::size_t frame_bytes(std::size_t stated, std::size_t channels, std::size_t sample_bytes,
                        std::string& remark) {
  const std::size_t natural = channels * sample_bytes;
  if (stated == natural || (sample_bytes == 3 && stated == channels * 4)) return stated;
  if (stated != 0 && stated != natural * 8 && stated != sample_bytes) return 0;
  remark = "its header gives frames of " + std::to_string(stated) + " bytes, which are of " +
           std::to_string(natural);
  return natural;
}

std::optional<PcmEncoding> integer_encoding(std::size_t sample_bytes, ByteOrder order) {
  using enum PcmEncoding;
  constexpr std::array kLittle{u8, s16le, s24le, s32le};
  constexpr std::array kBig{u8, s16be, s24be, s32be};
  if (sample_bytes < 1 || sample_bytes > 4) return std::nullopt;
  return order == ByteOrder::little ? kLittle[sample_bytes - 1] : kBig[sample_bytes - 1];
}

class Parser {
 public:
  explicit Parser(const HeaderInput& input) : input_(input) {}

  std::optional<SoundHeader> parse() {
    std::array<std::byte, 12> start{};
    if (input_.read_at(0, start) != start.size()) return std::nullopt;
    has_64_ = begins_with(start, "RF64") || begins_with(start, "BW64");
    if (begins_with(start, "RIFX")) order_ = ByteOrder::big;
    const bool is_riff = has_64_ || begins_with(start, "RIFF") || order_ == ByteOrder::big;
    if (!is_riff || !begins_with(std::span(start).subspan(8), "WAVE")) return std::nullopt;
    riff_bytes_ = number(std::span(start).subspan(4, 4), order_);

    read_chunks_before_sound(start.size());
    if (!has_fmt_) throw Error(input_.name + " has a damaged WAV header (no fmt chunk before the sound)");
    if (header_.speakers.empty() && header_.spec.channels == 6) {
      header_.speakers = flac_speakers(6);
      header_.remarks.emplace_back(
          "its 6 channels were taken as 5.1, of which the fourth, for low frequencies, is left "
          "out of the mix; no channel mask says what they are");
    }
    if (is_credible_size(riff_bytes_)) header_.container_bytes = riff_bytes_ + 8;
    if (input_.file_bytes && header_.data_bytes) read_chunks_behind_sound();
    return header_;
  }

 private:
  void read_chunks_before_sound(std::uint64_t offset) {
    const ChunkWalk walk(input_, order_, "data");
    std::optional<Chunk> last;
    for (int i = 0; i < kMaxChunks; ++i) {
      auto chunk = walk.at(offset);
      if (!chunk && last) chunk = walk.search(*last, header_.remarks);
      if (!chunk) refuse(offset);
      if (chunk->is("data")) return read_size(*chunk);
      if (has_64_ && chunk->size == kNoSize && sizes_64_.count(chunk->name()) != 0) {
        chunk->size = sizes_64_[chunk->name()];
      }
      if (chunk->is("ds64")) read_ds64(*chunk);
      if (chunk->is("fmt ")) read_fmt(*chunk);
      if (chunk->is("fact")) read_fact(*chunk);
      if (chunk->is("LIST")) read_list(*chunk);
      offset = walk.behind(*chunk, header_.remarks);
      last = chunk;
    }
    throw Error(input_.name + " is a WAV file with no sound within its first " + std::to_string(kMaxChunks) +
                " chunks");
  }

  [[noreturn]] void refuse(std::uint64_t offset) const {
    std::array<std::byte, 8> head{};
    if (input_.read_at(offset, head) != head.size()) refuse_end();
    throw Error(
        input_.name + " has a damaged WAV header (no chunk begins at byte " + std::to_string(offset) + ")",
        "if the sound behind it is whole, give it as raw PCM");
  }

  [[noreturn]] void refuse_end() const {
    throw Error(input_.name + " is a WAV file that ends inside its header",
                "it holds no sound; copy or record it again");
  }

  void read_size(const Chunk& data) {
    header_.data_offset = data.offset;
    const bool size_is_in_64 = has_64_ && data.size == kNoSize;
    header_.size_field = {data.offset - 4, size_is_in_64 ? std::size_t{8} : std::size_t{4}, order_, 0};
    if (size_is_in_64) header_.size_field.offset = ds64_offset_ + 8;
    settle_size(input_, size_is_in_64 ? data_bytes_64_ : data.size, header_);
  }

  /// Only tags are looked for here; damage does not matter any more.
  void read_chunks_behind_sound() {
    const ChunkWalk walk(input_, order_, "data");
    std::uint64_t offset = header_.data_offset + *header_.data_bytes;
    Chunk data;
    data.offset = header_.data_offset;
    data.size = *header_.data_bytes;
    data.id = {std::byte{'d'}, std::byte{'a'}, std::byte{'t'}, std::byte{'a'}};
    offset = walk.behind(data, header_.remarks);
    for (int i = 0; i < kMaxChunks; ++i) {
      const auto chunk = walk.at(offset);
      if (!chunk || chunk->is("RIFF") || chunk->is("RF64")) return remark_left_over(input_, offset, header_);
      if (chunk->is("LIST")) read_list(*chunk);
      offset = walk.behind(*chunk, header_.remarks);
    }
  }

  void read(std::uint64_t offset, std::span<std::byte> bytes) const {
    if (input_.read_at(offset, bytes) != bytes.size()) refuse_end();
  }

  void read_ds64(const Chunk& chunk) {
    constexpr std::uint64_t kEntryBytes = 12;
    constexpr std::uint64_t kMostEntries = 1000;
    std::array<std::byte, kDs64Bytes> sizes{};
    if (chunk.size < kDs64Bytes - 4) {
      throw Error(input_.name + " has a damaged RF64 header (its ds64 chunk is too short)");
    }
    read(chunk.offset, std::span(sizes).first(std::min(chunk.size, kDs64Bytes)));
    riff_bytes_ = number(std::span(sizes).first(8), order_);
    data_bytes_64_ = number(std::span(sizes).subspan(8, 8), order_);
    ds64_offset_ = chunk.offset;
    const std::uint64_t entries =
        std::min({number(std::span(sizes).last(4), order_),
                  (chunk.size - std::min(chunk.size, kDs64Bytes)) / kEntryBytes, kMostEntries});
    for (std::uint64_t i = 0; i < entries; ++i) {
      std::array<std::byte, kEntryBytes> entry{};
      read(chunk.offset + kDs64Bytes + i * kEntryBytes, entry);
      Chunk named;
      std::copy_n(entry.begin(), 4, named.id.begin());
      sizes_64_[named.name()] = std::min(number(std::span(entry).last(8), order_), kMostChunkBytes);
    }
  }

  void read_fmt(const Chunk& chunk) {
    std::array<std::byte, kExtensibleBytes> fmt{};
    if (chunk.size < 16) throw Error(input_.name + " has a damaged WAV header (its fmt chunk is too short)");
    const auto content = std::span(fmt).first(std::min<std::size_t>(chunk.size, fmt.size()));
    read(chunk.offset, content);
    read_wav_format(content, order_, input_.name, header_);
    has_fmt_ = true;
  }

  void read_fact(const Chunk& chunk) {
    std::array<std::byte, 4> frames{};
    if (chunk.size < frames.size() || input_.read_at(chunk.offset, frames) != frames.size()) return;
    header_.coded_frames = number(frames, order_);
  }

  void read_list(const Chunk& chunk) {
    if (chunk.size < 4 || chunk.size > kMaxListBytes) return;
    std::vector<std::byte> list(chunk.size);
    if (input_.read_at(chunk.offset, list) != list.size() || !begins_with(list, "INFO")) return;
    const Tags found = parse_info_tags(std::span(list).subspan(4));
    header_.tags.insert(header_.tags.end(), found.begin(), found.end());
  }

  /// Of a chunk before the sound, so that places in the file stay numbers that can be added.
  static constexpr std::uint64_t kMostChunkBytes = std::uint64_t{1} << 48;

  const HeaderInput& input_;
  SoundHeader header_;
  ByteOrder order_ = ByteOrder::little;
  bool has_64_ = false;
  bool has_fmt_ = false;
  std::uint64_t riff_bytes_ = 0;
  std::uint64_t data_bytes_64_ = 0;
  std::uint64_t ds64_offset_ = 0;
  std::map<std::string, std::uint64_t> sizes_64_;  ///< of chunks that 32 bits are too few for
};

}  // namespace

std::optional<SoundHeader> read_wav_header(const HeaderInput& input) { return Parser(input).parse(); }

void read_wav_format(std::span<const std::byte> fmt, ByteOrder order, const std::string& name,
                     SoundHeader& header) {
  const auto field = [&](std::size_t at, std::size_t bytes) {
    return static_cast<std::size_t>(number(fmt.subspan(at, bytes), order));
  };
  auto format = static_cast<int>(field(0, 2));
  const std::size_t channels = field(2, 2);
  header.speakers.clear();  // of a format that stood before this one
  header.spec.channels = static_cast<int>(channels);
  header.spec.sample_rate_hz = static_cast<int>(std::min<std::size_t>(field(4, 4), 0x7FFFFFFF));
  header.bytes_per_frame = field(12, 2);
  header.encoding.reset();
  const std::size_t bits = field(14, 2);
  // The sub-format of an extensible header is a GUID; its first two bytes are the classic number.
  if (format == kFormatExtensible && fmt.size() >= kExtensibleBytes) {
    format = static_cast<int>(field(24, 2));
    header.speakers = speakers_of_mask(static_cast<std::uint32_t>(field(20, 4)), header.spec.channels);
    const bool has_other_mask = field(20, 4) != 0 && header.speakers.empty();
    if (has_other_mask && channels > 2) {
      header.remarks.push_back("its channel mask does not fit its " + std::to_string(channels) +
                               " channels and was ignored");
    }
  }
  if (format != kFormatPcm && format != kFormatFloat) return;

  const bool is_float = format == kFormatFloat;
  const std::size_t sample_bytes = (bits + 7) / 8;
  const bool has_bits = is_float ? bits == 32 || bits == 64 : bits >= 1 && bits <= 32;
  std::string remark;
  const std::size_t frame =
      has_bits ? frame_bytes(header.bytes_per_frame, channels, sample_bytes, remark) : 0;
  const std::size_t container = channels > 0 ? frame / channels : sample_bytes;
  if (channels > 0 && (frame == 0 || (is_float && container != sample_bytes))) {
    throw Error(name + " has a header that contradicts itself: " + std::to_string(channels) +
                    (channels == 1 ? " channel" : " channels") + " of " + std::to_string(bits) +
                    (is_float ? " bits (floating point)" : " bits") + " in frames of " +
                    std::to_string(header.bytes_per_frame) + " bytes",
                "if you know what it is, give it as raw PCM");
  }
  if (!remark.empty()) header.remarks.push_back(remark);
  header.bytes_per_frame = frame;
  if (is_float) {
    const bool is_little = order == ByteOrder::little;
    header.encoding = bits == 32 ? (is_little ? PcmEncoding::f32le : PcmEncoding::f32be)
                                 : (is_little ? PcmEncoding::f64le : PcmEncoding::f64be);
    return;
  }
  header.encoding = integer_encoding(container, order);
  header.may_be_right_justified = bits == 24 && container == 4 && order == ByteOrder::little;
}

}  // namespace ictus::audio
