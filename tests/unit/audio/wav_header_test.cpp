#include "lib/audio/wav_header.hpp"

#include <doctest/doctest.h>

#include "tests/unit/audio/support.hpp"

namespace ictus::audio {
namespace {

using namespace test;  // NOLINT: the words in which headers are written here

std::optional<SoundHeader> parsed(const Bytes& bytes) { return header_of(bytes, "x.wav"); }

const Bytes kFmt = fmt_chunk(1, 2, 44100, 16);

TEST_CASE("a plain header") {
  const auto header = parsed(wav(kFmt, zeros(400)));
  REQUIRE(header);
  CHECK(header->spec.channels == 2);
  CHECK(header->spec.sample_rate_hz == 44100);
  CHECK(header->encoding == PcmEncoding::s16le);
  CHECK(header->bytes_per_frame == 4);
  CHECK(header->data_offset == 44);
  CHECK(header->data_bytes == 400);
}

TEST_CASE("sizes that a producer could not know are not believed") {
  const Bytes list = chunk("LIST", text("INFO") + text("ISFT") + u32(14) + text("Lavf59.27.100") + zeros(1));
  const auto data_bytes = [](std::uint64_t riff, const Bytes& chunks, std::uint64_t data) {
    return parsed(wav_with_sizes(riff, chunks, data, zeros(100)))->data_bytes;
  };
  CHECK(data_bytes(0xFFFFFFFF, kFmt + list, 0xFFFFFFFF) == std::nullopt);  // ffmpeg
  CHECK(data_bytes(0x7FFFF024, kFmt, 0x7FFFF000) == std::nullopt);         // sox
  CHECK(data_bytes(0x80000024, kFmt, 0x80000000) == std::nullopt);         // arecord
  CHECK(data_bytes(0x7FFFFFFF, kFmt, 0x7FFFFFFF) == std::nullopt);         // opusdec
  CHECK(data_bytes(0x7FFFFFFF, kFmt, 0x7FFFFFDB) == std::nullopt);         // lame
  CHECK(data_bytes(0, kFmt, 0) == std::nullopt);                           // a recorder that was killed
  CHECK(data_bytes(36, kFmt, 0) == std::nullopt);                          // another
  CHECK(data_bytes(36 + 100, kFmt, 100) == 100);
  CHECK(data_bytes(36 + 100, kFmt, 0) == std::nullopt);  // what follows is no chunk, so it is the sound
  CHECK(data_bytes(0xFFFFFFFF, kFmt, 100) == 100);
  CHECK(parsed(wav_with_sizes(36 + list.size(), kFmt, 0, list))->data_bytes == 0);  // no sound, but a chunk
}

TEST_CASE("RF64 has its sizes in ds64; those of ffmpeg on a pipe are 0") {
  const auto rf64 = [](std::uint64_t data_bytes) {
    return parsed(text("RF64") + u32(0xFFFFFFFF) + text("WAVE") +
                  chunk("ds64", u64(data_bytes + 72) + u64(data_bytes) + u64(data_bytes / 4) + u32(0)) +
                  kFmt + text("data") + u32(0xFFFFFFFF) + zeros(8));
  };
  CHECK(rf64(5'000'000'000)->data_bytes == 5'000'000'000);
  CHECK(rf64(0)->data_bytes == std::nullopt);
  CHECK(rf64(0xFFFFFFFFFFFFFFF0)->data_bytes == std::nullopt);
  CHECK(rf64(8)->data_offset == 12 + 36 + 24 + 8);
}

TEST_CASE("encodings") {
  const auto encoding = [](const Bytes& fmt) { return parsed(wav(fmt, zeros(48)))->encoding; };
  CHECK(encoding(fmt_chunk(1, 1, 8000, 8)) == PcmEncoding::u8);
  CHECK(encoding(fmt_chunk(1, 1, 8000, 24)) == PcmEncoding::s24le);
  CHECK(encoding(fmt_chunk(1, 1, 8000, 20)) == PcmEncoding::s24le);
  CHECK(encoding(fmt_chunk(1, 1, 8000, 32)) == PcmEncoding::s32le);
  CHECK(encoding(fmt_chunk(3, 1, 8000, 32)) == PcmEncoding::f32le);
  CHECK(encoding(fmt_chunk(3, 1, 8000, 64)) == PcmEncoding::f64le);
  CHECK(encoding(extensible_fmt_chunk(1, 6, 48000, 24, 20)) == PcmEncoding::s24le);
  CHECK(encoding(extensible_fmt_chunk(3, 6, 48000, 32, 32)) == PcmEncoding::f32le);
  CHECK(encoding(fmt_chunk(7, 1, 8000, 8)) == std::nullopt);  // mu-law
}

TEST_CASE("chunks of odd size are padded; tags are found before and behind the sound") {
  const Bytes title = chunk("LIST", text("INFO") + chunk("INAM", text("abc")));
  const Bytes artist = chunk("LIST", text("INFO") + chunk("IART", text("x")));
  const auto header = parsed(wav(chunk("junk", zeros(3)) + kFmt + title, zeros(5)) + artist);
  REQUIRE(header);
  CHECK(header->data_bytes == 5);
  CHECK(header->tags == Tags{{"title", "abc"}, {"artist", "x"}});
}

TEST_CASE("damaged headers are named as such") {
  CHECK_FALSE(parsed(text("RIFF")).has_value());
  CHECK_FALSE(parsed(text("OggS") + zeros(100)).has_value());
  const Bytes whole = wav(kFmt, {});
  for (std::size_t length = 12; length < whole.size(); ++length) {
    const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    CHECK(error_of([&] { parsed(cut); }) == "x.wav is a WAV file that ends inside its header");
  }
  CHECK(error_of([] { parsed(wav({}, zeros(4))); }) ==
        "x.wav has a damaged WAV header (no fmt chunk before the sound)");
  CHECK(error_of([] { parsed(wav(chunk("fmt ", zeros(4)), zeros(4))); }) ==
        "x.wav has a damaged WAV header (its fmt chunk is too short)");
}

}  // namespace
}  // namespace ictus::audio
