#include "lib/audio/wav_writer.hpp"

#include <algorithm>
#include <string_view>

#include "lib/audio/pcm.hpp"
#include "lib/audio/tags.hpp"
#include "lib/audio/wav_format.hpp"

namespace ictus::audio {
namespace {

std::uint64_t bytes_per_frame(const WavLayout& layout) {
  return static_cast<std::uint64_t>(layout.channels) * bytes_per_sample(layout.samples);
}

class ByteList {
 public:
  void text(std::string_view characters) {
    for (const char c : characters) bytes_.push_back(static_cast<std::byte>(c));
  }
  void number(std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) bytes_.push_back(static_cast<std::byte>(value >> (8 * i) & 0xFFu));
  }
  void append(const std::vector<std::byte>& more) { bytes_.insert(bytes_.end(), more.begin(), more.end()); }
  std::vector<std::byte> take() { return std::move(bytes_); }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }

 private:
  std::vector<std::byte> bytes_;
};

/// The chunks between "WAVE" and the sound, without JUNK or ds64.
std::vector<std::byte> make_format_chunks(const WavLayout& layout, std::optional<std::uint64_t> data_bytes) {
  const bool is_float = layout.samples == SampleFormat::float32;
  const auto rate = static_cast<std::uint64_t>(layout.sample_rate_hz);
  const std::uint64_t frame_bytes = bytes_per_frame(layout);
  ByteList out;
  out.text("fmt ");
  out.number(is_float ? 18 : 16, 4);
  out.number(is_float ? kFormatFloat : kFormatPcm, 2);
  out.number(static_cast<std::uint64_t>(layout.channels), 2);
  out.number(rate, 4);
  out.number(rate * frame_bytes, 4);
  out.number(frame_bytes, 2);
  out.number(8 * bytes_per_sample(layout.samples), 2);
  if (is_float) {
    // Whatever is not integer PCM must say that it has no extension, and how many frames there are.
    out.number(0, 2);
    out.text("fact");
    out.number(4, 4);
    out.number(data_bytes ? std::min(*data_bytes / frame_bytes, kNoSize) : kNoSize, 4);
  }
  out.append(make_info_chunk(layout.tags));
  return out.take();
}

}  // namespace

std::vector<std::byte> make_wav_header(const WavLayout& layout, std::optional<std::uint64_t> data_bytes) {
  const std::vector<std::byte> format_chunks = make_format_chunks(layout, data_bytes);
  constexpr std::uint64_t kChunkHead = 8;
  const std::uint64_t reserved = layout.can_be_rewritten ? kChunkHead + kDs64Bytes : 0;
  const std::uint64_t data = data_bytes.value_or(0);
  const std::uint64_t riff = 4 + reserved + format_chunks.size() + kChunkHead + data + data % 2;
  const bool rf64 = layout.can_be_rewritten && data_bytes && riff >= kNoSize;
  const bool sizes_fit = data_bytes && riff < kNoSize;

  ByteList out;
  out.text(rf64 ? "RF64" : "RIFF");
  out.number(sizes_fit ? riff : kNoSize, 4);
  out.text("WAVE");
  if (layout.can_be_rewritten) {
    out.text(rf64 ? "ds64" : "JUNK");
    out.number(kDs64Bytes, 4);
    out.number(rf64 ? riff : 0, 8);
    out.number(rf64 ? data : 0, 8);
    out.number(rf64 ? data / bytes_per_frame(layout) : 0, 8);
    out.number(0, 4);
  }
  out.append(format_chunks);
  out.text("data");
  out.number(sizes_fit ? data : kNoSize, 4);
  return out.take();
}

}  // namespace ictus::audio
