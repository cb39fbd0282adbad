// Sound from pipes.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sndfile.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <fstream>
#include <future>
#include <string>

#include "lib/audio/audio.hpp"
#include "lib/core/error.hpp"
#include "tests/unit/audio/support.hpp"

namespace ictus::audio {
namespace {

using namespace test;  // NOLINT: the words in which headers are written here

const Bytes kFmt = fmt_chunk(1, 1, 22050, 16);

/// Whether a thread of this program waits for something, as the kernel tells behind its name in parentheses.
bool is_asleep(pid_t thread) {
  std::ifstream file("/proc/self/task/" + std::to_string(thread) + "/stat");
  std::string facts;
  std::getline(file, facts);
  return facts.substr(facts.rfind(')')).starts_with(") S");
}

TEST_CASE("WAV as programs write it to a pipe is read to its end") {
  const TempFolder folder;
  const Bytes sound = s16(sine16(3000, 440, 22050));
  const std::vector<float> expected = read_all(folder.file("x.wav", wav(kFmt, sound)), 22050);
  const Bytes list = chunk("LIST", text("INFO") + text("ISFT") + u32(14) + text("Lavf59.27.100") + zeros(1));
  const auto from_pipe = [&](const Bytes& content) {
    const Fifo fifo(folder, content);
    return read_all(fifo.path(), 22050);
  };
  CHECK(from_pipe(wav_with_sizes(0xFFFFFFFF, kFmt + list, 0xFFFFFFFF, sound)) == expected);  // ffmpeg
  CHECK(from_pipe(wav_with_sizes(0x7FFFF024, kFmt, 0x7FFFF000, sound)) == expected);         // sox
  CHECK(from_pipe(wav_with_sizes(0x80000024, kFmt, 0x80000000, sound)) == expected);         // arecord
  CHECK(from_pipe(wav_with_sizes(0x7FFFFFFF, kFmt, 0x7FFFFFFF, sound)) == expected);         // opusdec
  CHECK(from_pipe(wav_with_sizes(0x7FFFFFFF, kFmt, 0x7FFFFFDB, sound)) == expected);         // lame
  CHECK(from_pipe(wav_with_sizes(0, kFmt, 0, sound)) == expected);
  CHECK(from_pipe(wav(kFmt, sound)) == expected);                         // sox, flac: exact
  CHECK(from_pipe(wav(kFmt, sound) + list + zeros(200000)) == expected);  // and more behind it
  CHECK(from_pipe(text("RF64") + u32(0xFFFFFFFF) + text("WAVE") + chunk("ds64", zeros(28)) + kFmt + list +
                  text("data") + u32(0xFFFFFFFF) + sound) == expected);  // ffmpeg -rf64 always
}

TEST_CASE("other encodings and channel counts from a pipe") {
  const TempFolder folder;
  const auto from_pipe = [&](const Bytes& fmt, const Bytes& sound) {
    const Fifo fifo(folder, wav_with_sizes(0xFFFFFFFF, fmt, 0xFFFFFFFF, sound));
    return read_all(fifo.path(), 22050);
  };
  using V = std::vector<float>;
  CHECK(from_pipe(fmt_chunk(1, 2, 22050, 8), text("\x40\xC0\xC0\xC0")) == V{0.0f, 0.5f});
  CHECK(from_pipe(extensible_fmt_chunk(1, 1, 22050, 24, 24), text(std::string("\0\0\x40", 3))) == V{0.5f});
  CHECK(from_pipe(fmt_chunk(1, 1, 22050, 32), u32(0xC0000000)) == V{-0.5f});
  CHECK(from_pipe(extensible_fmt_chunk(3, 2, 22050, 32, 32), f32(1.0f) + f32(0.5f)) == V{0.75f});
  CHECK(from_pipe(fmt_chunk(3, 1, 22050, 64), f64(0.1)) == V{0.1f});
  // The byte that makes an odd size even is no sound.
  CHECK(from_pipe(fmt_chunk(1, 1, 22050, 24), text(std::string("\0\0\x40\0", 4))) == V{0.5f});
}

TEST_CASE("what arrives in crumbs gives the same samples") {
  const TempFolder folder;
  const Bytes content = wav_with_sizes(0xFFFFFFFF, fmt_chunk(1, 2, 48000, 24), 0xFFFFFFFF,
                                       zeros(1) + s16(sine16(6000, 440, 22050)) + zeros(5));
  const auto expected = read_all(folder.file("x.wav", content), 22050);
  const Fifo fifo(folder, [&](int fd) {
    for (std::size_t i = 0; i < content.size(); i += 11) {
      const auto end = std::min(content.size(), i + 11);
      write_bytes(fd, Bytes(content.begin() + static_cast<std::ptrdiff_t>(i),
                            content.begin() + static_cast<std::ptrdiff_t>(end)));
    }
  });
  CHECK(read_all(fifo.path(), 22050) == expected);
}

TEST_CASE("samples come out while the pipe is still open") {
  const TempFolder folder;
  std::promise<void> delivered;
  const Fifo fifo(folder, [&](int fd) {
    write_bytes(fd, wav_with_sizes(0xFFFFFFFF, fmt_chunk(1, 1, 48000, 16), 0xFFFFFFFF,
                                   s16(sine16(24000, 440, 48000))));
    // The pipe is closed when they are out, or long after everything that a busy machine may take.
    CHECK(delivered.get_future().wait_for(std::chrono::minutes(10)) == std::future_status::ready);
  });
  const auto source = Source::open(fifo.path(), 22050);
  CHECK(source->expected_frames() == std::nullopt);
  std::vector<float> block(8192);
  CHECK(source->read(block) == block.size());
  delivered.set_value();
  CHECK(read_all(*source).size() == 11025 - block.size());
  CHECK(source->original_frames() == 24000);
}

TEST_CASE("a pipe may be non-blocking") {
  const TempFolder folder;
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  const pid_t reader = ::gettid();
  std::thread writer([&] {
    // Only when the reader waits has it met the pipe while nothing was in it.
    while (!is_asleep(reader)) std::this_thread::yield();
    write_bytes(ends[1], wav(kFmt, s16(sine16(100, 440, 22050))));
    ::close(ends[1]);
  });
  const int saved = ::dup(STDIN_FILENO);
  ::dup2(ends[0], STDIN_FILENO);
  CHECK(read_all("-", 22050).size() == 100);
  ::dup2(saved, STDIN_FILENO);
  ::close(saved);
  ::close(ends[0]);
  writer.join();
}

TEST_CASE("a pipe that ends before what its header promises is damaged") {
  const TempFolder folder;
  const Fifo fifo(folder, wav_with_sizes(2036, kFmt, 2000, zeros(600)));
  const auto source = Source::open(fifo.path(), 22050);
  std::vector<float> block(5000);
  CHECK(source->read(block) == 300);
  CHECK(error_of([&] { source->read(block); }) ==
        quoted(fifo.path()) + " is cut short: its header promises 1000 frames and 300 are there");
}

TEST_CASE("formats that need to seek come through a pipe as well") {
  const TempFolder folder;
  for (const int format : {SF_FORMAT_FLAC | SF_FORMAT_PCM_16, SF_FORMAT_OGG | SF_FORMAT_VORBIS,
                           SF_FORMAT_AIFF | SF_FORMAT_PCM_16, SF_FORMAT_WAV | SF_FORMAT_ULAW,
                           SF_FORMAT_WAV | SF_ENDIAN_BIG | SF_FORMAT_PCM_16, SF_FORMAT_W64 | SF_FORMAT_PCM_16,
                           SF_FORMAT_CAF | SF_FORMAT_PCM_16, SF_FORMAT_AU | SF_FORMAT_PCM_16}) {
    CAPTURE(format);
    write_sndfile(folder.file("x"), format, 44100, 2, sine(100000, 440, 44100));
    const auto expected = read_all(folder.file("x"), 22050);
    const Fifo fifo(folder, read_file(folder.file("x")));
    CHECK(read_all(fifo.path(), 22050) == expected);
  }
}

TEST_CASE("raw PCM from a pipe") {
  const TempFolder folder;
  const auto samples = [&](RawEncoding encoding, const Bytes& content) {
    const Fifo fifo(folder, content);
    return read_all(*Source::open(fifo.path(), 22050, RawFormat{{22050, 1}, encoding}));
  };
  using V = std::vector<float>;
  CHECK(samples(RawEncoding::s16le, u16(0x4000)) == V{0.5f});
  CHECK(samples(RawEncoding::s24le, text(std::string("\0\0\x40", 3))) == V{0.5f});
  CHECK(samples(RawEncoding::s32le, u32(0x40000000)) == V{0.5f});
  CHECK(samples(RawEncoding::f32le, f32(0.3f)) == V{0.3f});
  CHECK(samples(RawEncoding::u8, text("\xC0")) == V{0.5f});
}

TEST_CASE("tags come through a pipe") {
  const TempFolder folder;
  const Bytes list = chunk("LIST", text("INFO") + chunk("INAM", text(std::string("abc\0", 4))));
  const Fifo fifo(folder, wav(kFmt + list, zeros(8)));
  const auto source = Source::open(fifo.path(), 22050);
  CHECK(source->tags() == Tags{{"title", "abc"}});
  read_all(*source);
}

TEST_CASE("a pipe that cannot be used is named, with the reason") {
  const TempFolder folder;
  const auto error = [&](const Bytes& content) {
    const Fifo fifo(folder, content);
    return error_of([&] { (void)Source::open(fifo.path(), 22050); });
  };
  const std::string name = quoted(folder.file("fifo"));
  CHECK(error({}) == name + " is empty (0 bytes)");
  CHECK(error(text("only words")) == name + " is not a sound file of a known format");
  CHECK(error(wav(kFmt, {})) == name + " holds no samples");
  CHECK(error(text("RIFF") + zeros(4) + text("WAVE")) == name + " is a WAV file that ends inside its header");
  CHECK(error(text("OggS") + zeros(100)) ==
        name + " is an Ogg file without its beginning, which says how to read it");
  CHECK(error_of([] { (void)Source::open("/dev/zero", 22050); }) ==
        "'/dev/zero' is not a sound file of a known format");
  CHECK(error_of([] { (void)Source::open("/dev/null", 22050); }) == "'/dev/null' is empty (0 bytes)");
  const Fifo endless(folder, wav_with_sizes(0, chunk("junk", zeros(17 << 20)) + kFmt, 0, zeros(8)));
  CHECK(error_of([&] { (void)Source::open(endless.path(), 22050); }) ==
        name + " has more than 16 MiB of header before its sound");
}

}  // namespace
}  // namespace ictus::audio
