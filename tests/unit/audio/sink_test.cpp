// Sound to files and pipes.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sndfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>

#include "lib/audio/audio.hpp"
#include "lib/audio/wav_writer.hpp"
#include "lib/core/error.hpp"
#include "tests/unit/audio/support.hpp"

namespace ictus::audio {
namespace {

using namespace test;  // NOLINT: the words in which headers are written here

/// A file that is open for writing.
struct OpenFile {
  explicit OpenFile(std::string where, int flags = 0)
      : path(std::move(where)), fd(::open(path.c_str(), O_RDWR | O_CREAT | flags, 0600)) {}
  ~OpenFile() { ::close(fd); }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  std::string path;
  int fd;
};

void write_sound(int fd, const std::vector<float>& samples, const SinkFormat& format, const Tags& tags = {}) {
  const auto sink = Sink::open(fd, "out.wav", 22050, format, tags);
  sink->write(samples);
  sink->finish();
}

/// All that a sink writes to a pipe.
Bytes piped(const std::vector<float>& samples, const SinkFormat& format, const Tags& tags = {}) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  Bytes content;
  std::thread reader([&] {
    Bytes block(4096);
    for (ssize_t count = 0; (count = ::read(ends[0], block.data(), block.size())) > 0;) {
      content.insert(content.end(), block.begin(), block.begin() + count);
    }
  });
  write_sound(ends[1], samples, format, tags);
  ::close(ends[1]);
  reader.join();
  ::close(ends[0]);
  return content;
}

constexpr SinkFormat kPcm16{Container::wav, SampleFormat::pcm16, 22050};
constexpr SinkFormat kPcm24{Container::wav, SampleFormat::pcm24, 22050};
constexpr SinkFormat kFloat{Container::wav, SampleFormat::float32, 22050};

TEST_CASE("the bytes of a WAV file") {
  const TempFolder folder;
  const OpenFile file(folder.file("x.wav"));
  write_sound(file.fd, {0.0f, 0.0f, 0.0f}, kPcm16);
  CHECK(read_file(file.path) == text("RIFF") + u32(78) + text("WAVE") + text("JUNK") + u32(28) + zeros(28) +
                                    text("fmt ") + u32(16) + u16(1) + u16(1) + u32(22050) + u32(44100) +
                                    u16(2) + u16(16) + text("data") + u32(6) + zeros(6));
}

TEST_CASE("the bytes of a WAV stream in a pipe") {
  CHECK(piped({0.5f, -1.0f}, kPcm24) == text("RIFF") + u32(0xFFFFFFFF) + text("WAVE") + text("fmt ") +
                                            u32(16) + u16(1) + u16(1) + u32(22050) + u32(66150) + u16(3) +
                                            u16(24) + text("data") + u32(0xFFFFFFFF) +
                                            text(std::string("\0\0\x40\0\0\x80", 6)));
  CHECK(piped({0.3f}, kFloat, {{"title", "abc"}}) ==
        text("RIFF") + u32(0xFFFFFFFF) + text("WAVE") + text("fmt ") + u32(18) + u16(3) + u16(1) +
            u32(22050) + u32(88200) + u16(4) + u16(32) + u16(0) + text("fact") + u32(4) + u32(0xFFFFFFFF) +
            text("LIST") + u32(16) + text("INFO") + text("INAM") + u32(4) + text(std::string("abc\0", 4)) +
            text("data") + u32(0xFFFFFFFF) + f32(0.3f));
}

TEST_CASE("a raw stream is samples only") {
  CHECK(piped({0.25f, -2.0f}, {Container::raw, SampleFormat::float32, 22050}) == f32(0.25f) + f32(-2.0f));
  CHECK(piped({0.0f}, {Container::raw, SampleFormat::pcm16, 22050}) == zeros(2));
}

TEST_CASE("an odd number of bytes is padded, and the padding is not sound") {
  const TempFolder folder;
  const OpenFile file(folder.file("x.wav"));
  write_sound(file.fd, {0.5f}, kPcm24);
  const Bytes content = read_file(file.path);
  REQUIRE(content.size() == 84);
  CHECK(number_at(content, 4, 4) == 76);
  CHECK(number_at(content, 76, 4) == 3);
  CHECK(read_all(file.path, 22050) == std::vector<float>{0.5f});
}

TEST_CASE("libsndfile reads what was written") {
  const TempFolder folder;
  const std::vector<float> written = sine(10001, 440, 22050);
  for (const auto& [format, tolerance] :
       {std::pair{kPcm16, 1.6 / 32768}, {kPcm24, 0.51 / 8388608}, {kFloat, 0.0}}) {
    const OpenFile file(folder.file("x.wav"), O_TRUNC);
    write_sound(file.fd, written, format, {{"title", "a title"}, {"artist", "Dvořák"}, {"tracknumber", "7"}});
    SF_INFO info{};
    SNDFILE* in = sf_open(file.path.c_str(), SFM_READ, &info);
    REQUIRE(in != nullptr);
    CHECK(info.frames == 10001);
    CHECK(info.samplerate == 22050);
    CHECK(info.channels == 1);
    CHECK(std::string(sf_get_string(in, SF_STR_TITLE)) == "a title");
    CHECK(std::string(sf_get_string(in, SF_STR_ARTIST)) == "Dvořák");
    CHECK(std::string(sf_get_string(in, SF_STR_TRACKNUMBER)) == "7");
    std::vector<float> read(written.size());
    CHECK(sf_readf_float(in, read.data(), 10001) == 10001);
    sf_close(in);
    double worst = 0.0;
    for (std::size_t i = 0; i < read.size(); ++i) {
      worst = std::max(worst, static_cast<double>(std::abs(read[i] - written[i])));
    }
    CHECK(worst <= tolerance);
    CHECK(Source::open(file.path, 22050)->tags().size() == 3);
  }
}

TEST_CASE("Python's wave module reads what was written") {
  if (std::system("python3 -c 'import wave' 2>/dev/null") != 0) {
    MESSAGE("no python3 here: left out");
    return;
  }
  const TempFolder folder;
  const OpenFile file(folder.file("x.wav"));
  write_sound(file.fd, {0.5f, 0.0f, -1.0f, 0.0f, 1.0f}, kPcm24);
  const std::string program =
      "import sys, wave\n"
      "w = wave.open(sys.argv[1])\n"
      "assert w.getparams()[:4] == (1, 3, 22050, 5), w.getparams()\n"
      "assert w.readframes(9).hex() == '000040' '000000' '000080' '000000' 'ffff7f'\n";
  const std::string script = folder.file("read.py", text(program));
  CHECK(std::system(("python3 " + script + " " + file.path).c_str()) == 0);
}

TEST_CASE("beyond 4 GiB the header becomes RF64") {
  const WavLayout layout{SampleFormat::pcm16, 22050, {}, true};
  constexpr std::uint64_t kBig = 5'000'000'000;
  const Bytes header = make_wav_header(layout, kBig);
  CHECK(header.size() == make_wav_header(layout, std::nullopt).size());
  CHECK(header == text("RF64") + u32(0xFFFFFFFF) + text("WAVE") + text("ds64") + u32(28) + u64(kBig + 72) +
                      u64(kBig) + u64(kBig / 2) + u32(0) + fmt_chunk(1, 1, 22050, 16) + text("data") +
                      u32(0xFFFFFFFF));
  // The last size that fits.
  CHECK(text_at(make_wav_header(layout, 0xFFFFFFFE - 72), 0, 4) == "RIFF");
  CHECK(number_at(make_wav_header(layout, 0xFFFFFFFE - 72), 4, 4) == 0xFFFFFFFE);
  CHECK(text_at(make_wav_header(layout, 0xFFFFFFFE - 70), 0, 4) == "RF64");

  // A sparse file of that size: libsndfile and this library agree on its length.
  const TempFolder folder;
  const std::string path = folder.file("x.wav", header);
  REQUIRE(::truncate(path.c_str(), static_cast<off_t>(header.size() + kBig)) == 0);
  SF_INFO info{};
  SNDFILE* in = sf_open(path.c_str(), SFM_READ, &info);
  REQUIRE(in != nullptr);
  CHECK(info.frames == kBig / 2);
  sf_close(in);
  CHECK(Source::open(path, 22050)->expected_frames() == kBig / 2);
}

TEST_CASE("a file that is appended to, or begins in the middle, is handled") {
  const TempFolder folder;
  const OpenFile appended(folder.file("a.wav", text("before")), O_APPEND);
  write_sound(appended.fd, {0.0f}, kPcm16);
  const Bytes content = read_file(appended.path);
  REQUIRE(content.size() == 6 + 44 + 2);
  CHECK(number_at(content, 6 + 4, 4) == 0xFFFFFFFF);

  const OpenFile middle(folder.file("b.wav", text("before")));
  ::lseek(middle.fd, 6, SEEK_SET);
  write_sound(middle.fd, {0.0f}, kPcm16);
  CHECK(text_at(read_file(middle.path), 0, 10) == "beforeRIFF");
  CHECK(number_at(read_file(middle.path), 6 + 4, 4) == 74);
  // What is written next comes behind the sound.
  CHECK(::lseek(middle.fd, 0, SEEK_CUR) == 6 + 80 + 2);
}

TEST_CASE("another output rate keeps length, level and frequency") {
  const TempFolder folder;
  const std::vector<float> written = sine(22050, 1000, 22050);
  for (const int rate : {8000, 44100, 48000, 384000}) {
    CAPTURE(rate);
    const OpenFile file(folder.file("x.wav"), O_TRUNC);
    const auto sink = Sink::open(file.fd, "out.wav", 22050, {Container::wav, SampleFormat::float32, rate});
    for (std::size_t i = 0; i < written.size(); i += 441) sink->write(std::span(written).subspan(i, 441));
    const auto exact = static_cast<std::uint64_t>(rate - 3);
    sink->finish(exact);
    const auto read = read_all(file.path, rate);
    REQUIRE(read.size() == exact);
    const auto edge = static_cast<std::size_t>(rate / 10);
    const auto middle = std::span<const float>(read).subspan(edge, static_cast<std::size_t>(rate) - 2 * edge);
    CHECK(amplitude_at(middle, 1000, rate) == doctest::Approx(0.5).epsilon(1e-4));
  }
}

TEST_CASE("clipped samples are counted") {
  const TempFolder folder;
  const OpenFile file(folder.file("x.wav"));
  const auto sink = Sink::open(file.fd, "out.wav", 22050, kPcm16);
  sink->write(std::vector<float>{1.0f, 1.01f, -1.0f, -5.0f, 0.0f});
  sink->finish();
  CHECK(sink->clipped_samples() == 2);
}

TEST_CASE("a full disk, a closed pipe and a descriptor for reading are errors with their reasons") {
  const OpenFile full("/dev/full");
  CHECK(error_of([&] { write_sound(full.fd, {0.0f}, kPcm16); }) ==
        "cannot write out.wav: No space left on device");
  CHECK(error_of([&] {
          write_sound(full.fd, {0.0f}, {Container::raw, SampleFormat::pcm16, 22050});
        }) == "cannot write out.wav: No space left on device");

  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  ::close(ends[0]);
  CHECK(error_of([&] { write_sound(ends[1], {0.0f}, kPcm16); }) == "cannot write out.wav: Broken pipe");
  ::close(ends[1]);

  const int read_only = ::open("/dev/null", O_RDONLY);
  CHECK(error_of([&] { write_sound(read_only, {0.0f}, kPcm16); }) ==
        "cannot write out.wav: Bad file descriptor");
  ::close(read_only);
  CHECK(error_of([] {
          (void)Sink::open(1, "out.wav", 22050, {Container::wav, SampleFormat::pcm16, 0});
        }) == "cannot write out.wav at 0 Hz from sound at 22050 Hz");
}

TEST_CASE("a slow, non-blocking pipe loses nothing") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  ::fcntl(ends[1], F_SETFL, O_NONBLOCK);
  std::size_t total = 0;
  std::thread reader([&] {
    Bytes block(10000);
    for (ssize_t count = 0; (count = ::read(ends[0], block.data(), block.size())) > 0;) {
      total += static_cast<std::size_t>(count);
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
  });
  write_sound(ends[1], std::vector<float>(1'000'000, 0.25f), kFloat);
  ::close(ends[1]);
  reader.join();
  ::close(ends[0]);
  CHECK(total == 4'000'000 + 58);
}

TEST_CASE("through a pipe and back, floats are the same") {
  const TempFolder folder;
  const auto written = sine(5000, 440, 22050);
  CHECK(read_all(folder.file("x.wav", piped(written, kFloat)), 22050) == written);
}

}  // namespace
}  // namespace ictus::audio
