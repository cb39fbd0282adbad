#include "tests/unit/audio/packed_files.hpp"

#include <FLAC/metadata.h>
#include <FLAC/stream_encoder.h>
#include <doctest/doctest.h>
#include <ogg/ogg.h>
#include <sndfile.h>

#include <cmath>

namespace ictus::test {

namespace {

/// A file in memory that is written, and written again at its beginning.
struct Output {
  Bytes bytes;
  std::size_t at = 0;

  static FLAC__StreamEncoderWriteStatus write(const FLAC__StreamEncoder*, const FLAC__byte* data,
                                              std::size_t size, std::uint32_t, std::uint32_t, void* self) {
    auto& out = *static_cast<Output*>(self);
    if (out.bytes.size() < out.at + size) out.bytes.resize(out.at + size);
    for (std::size_t i = 0; i < size; ++i) out.bytes[out.at++] = static_cast<std::byte>(data[i]);
    return FLAC__STREAM_ENCODER_WRITE_STATUS_OK;
  }
  static FLAC__StreamEncoderReadStatus read(const FLAC__StreamEncoder*, FLAC__byte* data, std::size_t* size,
                                            void* self) {
    auto& out = *static_cast<Output*>(self);
    *size = std::min(*size, out.bytes.size() - out.at);
    for (std::size_t i = 0; i < *size; ++i) data[i] = std::to_integer<FLAC__byte>(out.bytes[out.at++]);
    return FLAC__STREAM_ENCODER_READ_STATUS_CONTINUE;
  }
  static FLAC__StreamEncoderSeekStatus seek(const FLAC__StreamEncoder*, FLAC__uint64 offset, void* self) {
    static_cast<Output*>(self)->at = offset;
    return FLAC__STREAM_ENCODER_SEEK_STATUS_OK;
  }
  static FLAC__StreamEncoderTellStatus tell(const FLAC__StreamEncoder*, FLAC__uint64* offset, void* self) {
    *offset = static_cast<Output*>(self)->at;
    return FLAC__STREAM_ENCODER_TELL_STATUS_OK;
  }
};

}  // namespace

Bytes flac_bytes(const FlacLayout& layout, std::span<const float> interleaved) {
  FLAC__StreamEncoder* encoder = FLAC__stream_encoder_new();
  FLAC__stream_encoder_set_channels(encoder, static_cast<unsigned>(layout.channels));
  FLAC__stream_encoder_set_bits_per_sample(encoder, layout.bits);
  FLAC__stream_encoder_set_sample_rate(encoder, static_cast<unsigned>(layout.rate));
  FLAC__stream_encoder_set_streamable_subset(encoder, 0);
  FLAC__stream_encoder_set_blocksize(encoder, 1024);
  FLAC__StreamMetadata* comments = FLAC__metadata_object_new(FLAC__METADATA_TYPE_VORBIS_COMMENT);
  for (const std::string& comment : layout.comments) {
    FLAC__StreamMetadata_VorbisComment_Entry entry{
        static_cast<FLAC__uint32>(comment.size()),
        reinterpret_cast<FLAC__byte*>(const_cast<char*>(comment.data()))};
    REQUIRE(FLAC__metadata_object_vorbiscomment_append_comment(comments, entry, 1) != 0);
  }
  FLAC__stream_encoder_set_metadata(encoder, &comments, 1);
  Output out;
  const auto seek = layout.tells_length ? Output::seek : nullptr;
  const auto tell = layout.tells_length ? Output::tell : nullptr;
  FLAC__stream_encoder_set_ogg_serial_number(encoder,
                                             static_cast<long>(interleaved.size()));  // NOLINT: libFLAC's
  const auto status =
      layout.is_in_ogg ? FLAC__stream_encoder_init_ogg_stream(encoder, Output::read, Output::write, seek,
                                                              tell, nullptr, &out)
                       : FLAC__stream_encoder_init_stream(encoder, Output::write, seek, tell, nullptr, &out);
  REQUIRE(status == FLAC__STREAM_ENCODER_INIT_STATUS_OK);
  std::vector<FLAC__int32> samples;
  for (const float sample : interleaved) {
    samples.push_back(static_cast<FLAC__int32>(
        std::lround(static_cast<double>(sample) * std::ldexp(1.0, static_cast<int>(layout.bits) - 1))));
  }
  REQUIRE(FLAC__stream_encoder_process_interleaved(
              encoder, samples.data(),
              static_cast<unsigned>(samples.size() / static_cast<std::size_t>(layout.channels))) != 0);
  REQUIRE(FLAC__stream_encoder_finish(encoder) != 0);
  FLAC__stream_encoder_delete(encoder);
  FLAC__metadata_object_delete(comments);
  return out.bytes;
}

Bytes sndfile_bytes(int format, int rate, int channels, std::span<const float> interleaved) {
  const TempFolder folder;
  write_sndfile(folder.file("x"), format, rate, channels, interleaved);
  return read_file(folder.file("x"));
}

std::vector<std::size_t> ogg_pages(const Bytes& file) {
  std::vector<std::size_t> pages;
  for (std::size_t at = 0; at < file.size();) {
    REQUIRE(text_at(file, at, 4) == "OggS");
    pages.push_back(at);
    const std::size_t segments = number_at(file, at + 26, 1);
    std::size_t size = 27 + segments;
    for (std::size_t i = 0; i < segments; ++i) size += number_at(file, at + 27 + i, 1);
    at += size;
  }
  pages.push_back(file.size());
  return pages;
}

Bytes ogg_page_of(int flags, std::uint64_t granule, std::uint32_t serial, std::uint32_t number,
                  const Bytes& packet) {
  REQUIRE(packet.size() < 255);
  Bytes head = text("OggS") + zeros(1) + part(u16(static_cast<std::uint64_t>(flags)), 0, 1) + u64(granule) +
               u32(serial) + u32(number) + u32(0) + part(u16(1), 0, 1) + part(u16(packet.size()), 0, 1);
  Bytes body = packet;
  ogg_page page{reinterpret_cast<unsigned char*>(head.data()),
                static_cast<long>(head.size()),  // NOLINT: libogg's
                reinterpret_cast<unsigned char*>(body.data()), static_cast<long>(body.size())};  // NOLINT
  ogg_page_checksum_set(&page);
  return head + body;
}

Bytes id3v2_tag(std::string_view title, std::size_t padding) {
  const Bytes frame = text("TIT2") + zeros(3) + part(u16(title.size() + 1), 0, 1) + zeros(3) + text(title);
  const std::size_t size = frame.size() + padding;
  Bytes head = text(std::string_view("ID3\x03\0\0", 6));
  for (int shift = 21; shift >= 0; shift -= 7) head.push_back(static_cast<std::byte>(size >> shift & 0x7FU));
  return head + frame + zeros(padding);
}

Bytes id3v1_tag(std::string_view title) {
  Bytes tag = text("TAG") + text(title);
  tag.resize(128);
  tag[127] = std::byte{0xFF};  // no genre
  return tag;
}

Bytes part(const Bytes& file, std::size_t begin, std::size_t end) {
  return {file.begin() + static_cast<std::ptrdiff_t>(begin), file.begin() + static_cast<std::ptrdiff_t>(end)};
}

}  // namespace ictus::test
