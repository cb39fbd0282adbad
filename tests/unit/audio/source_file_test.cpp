// Sound from files.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sndfile.h>
#include <unistd.h>

#include <cmath>
#include <limits>

#include "lib/audio/audio.hpp"
#include "lib/core/error.hpp"
#include "tests/unit/audio/support.hpp"

namespace ictus::audio {
namespace {

using namespace test;  // NOLINT: the words in which headers are written here

std::string open_error(const std::string& path, int rate = 22050) {
  return error_of([&] { (void)Source::open(path, rate); });
}

TEST_CASE("every PCM encoding in WAV, bit for bit") {
  const TempFolder folder;
  using V = std::vector<float>;
  const auto samples = [&](const Bytes& fmt, const Bytes& sound) {
    return read_all(folder.file("x.wav", wav(fmt, sound)), 22050);
  };
  CHECK(samples(fmt_chunk(1, 1, 22050, 8), text("\x40\xC0")) == V{-0.5f, 0.5f});
  CHECK(samples(fmt_chunk(1, 1, 22050, 16), u16(0x4000) + u16(0x8000)) == V{0.5f, -1.0f});
  CHECK(samples(fmt_chunk(1, 1, 22050, 24), text(std::string("\0\0\x40", 3))) == V{0.5f});
  CHECK(samples(extensible_fmt_chunk(1, 1, 22050, 24, 24), text(std::string("\0\0\xC0", 3))) == V{-0.5f});
  CHECK(samples(fmt_chunk(1, 1, 22050, 32), u32(0x40000000)) == V{0.5f});
  CHECK(samples(fmt_chunk(3, 1, 22050, 32), f32(0.1f) + f32(-3.0f)) == V{0.1f, -3.0f});
  CHECK(samples(fmt_chunk(3, 1, 22050, 64), f64(0.1) + f64(2.0)) == V{0.1f, 2.0f});
  CHECK(samples(extensible_fmt_chunk(3, 2, 22050, 32, 32), f32(1.0f) + f32(-0.5f)) == V{0.25f});
}

TEST_CASE("what libsndfile writes is what is read") {
  const TempFolder folder;
  const std::vector<float> written = sine(22050, 440, 22050);
  struct Case {
    const char* name;
    int format;
    double tolerance;
  };
  for (const Case& c :
       {Case{"x.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 1.0 / 32768},
        Case{"x.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_24, 1.0 / 8388608},
        Case{"x.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 0.02},
        Case{"x.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 0.0},
        Case{"x.rf64", SF_FORMAT_RF64 | SF_FORMAT_PCM_24, 1.0 / 8388608},
        Case{"x-big-endian.wav", SF_FORMAT_WAV | SF_ENDIAN_BIG | SF_FORMAT_PCM_16, 1.0 / 32768},
        Case{"x-mu-law.wav", SF_FORMAT_WAV | SF_FORMAT_ULAW, 0.02},
        Case{"x.w64", SF_FORMAT_W64 | SF_FORMAT_PCM_16, 1.0 / 32768},
        Case{"x.caf", SF_FORMAT_CAF | SF_FORMAT_PCM_16, 1.0 / 32768},
        Case{"x.au", SF_FORMAT_AU | SF_FORMAT_PCM_16, 1.0 / 32768}}) {
    CAPTURE(c.name);
    write_sndfile(folder.file(c.name), c.format, 22050, 1, written);
    const auto source = Source::open(folder.file(c.name), 22050);
    CHECK(source->expected_frames() == 22050);
    const auto read = read_all(*source);
    REQUIRE(read.size() == written.size());
    double worst = 0.0;
    for (std::size_t i = 0; i < read.size(); ++i) {
      worst = std::max(worst, static_cast<double>(std::abs(read[i] - written[i])));
    }
    CHECK(worst <= c.tolerance);
    CHECK(source->original_frames() == 22050);
  }
}

TEST_CASE("channels become their mean") {
  const TempFolder folder;
  Bytes sound;
  for (int channel = 0; channel < 64; ++channel) sound = sound + f32(static_cast<float>(channel));
  sound = sound + sound;
  const auto source = Source::open(folder.file("x.wav", wav(fmt_chunk(3, 64, 22050, 32), sound)), 22050);
  CHECK(source->original_spec().channels == 64);
  CHECK(read_all(*source) == std::vector<float>{31.5f, 31.5f});
  CHECK(source->original_frames() == 2);
}

TEST_CASE("any rate is brought to the one that is wanted, and keeps level and frequency") {
  const TempFolder folder;
  for (const int rate : {8000, 11025, 44100, 48000, 96000, 192000, 384000}) {
    CAPTURE(rate);
    write_sndfile(folder.file("x.wav"), SF_FORMAT_WAV | SF_FORMAT_FLOAT, rate, 1,
                  sine(static_cast<std::size_t>(rate), 1000, rate));
    const auto source = Source::open(folder.file("x.wav"), 22050);
    CHECK(source->original_spec().sample_rate_hz == rate);
    const auto samples = read_all(*source);
    REQUIRE(samples.size() == 22050);
    const auto middle = std::span<const float>(samples).subspan(2205, 17640);
    CHECK(amplitude_at(middle, 1000, 22050) == doctest::Approx(0.5).epsilon(1e-4));
    CHECK(source->original_frames() == static_cast<std::uint64_t>(rate));
  }
}

TEST_CASE("very short sounds") {
  const TempFolder folder;
  for (const int rate : {8000, 22050, 48000, 384000}) {
    CAPTURE(rate);
    const std::string path = folder.file("x.wav", wav(fmt_chunk(1, 1, rate, 16), u16(1000)));
    CHECK(read_all(path, 22050).size() == static_cast<std::size_t>(std::ceil(22050.0 / rate)));
  }
  const auto tenth = sine16(4800, 440, 48000);
  CHECK(read_all(folder.file("y.wav", wav(fmt_chunk(1, 1, 48000, 16), s16(tenth))), 22050).size() == 2205);
}

TEST_CASE("the size of the caller's blocks does not change the samples") {
  const TempFolder folder;
  const std::string path =
      folder.file("x.wav", wav(fmt_chunk(1, 1, 48000, 16), s16(sine16(30000, 440, 48000))));
  const auto whole = read_all(path, 22050, 100000);
  for (const std::size_t block : {1u, 13u, 512u, 4096u}) CHECK(read_all(path, 22050, block) == whole);
}

TEST_CASE("NaN and infinity become silence and are counted") {
  const TempFolder folder;
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const Bytes sound = f32(std::nanf("")) + f32(1.0f) + f32(kInfinity) + f32(-kInfinity) + f32(0.5f) +
                      f32(0.5f) + f32(3e38f) + f32(0.0f);
  const auto source = Source::open(folder.file("x.wav", wav(fmt_chunk(3, 2, 22050, 32), sound)), 22050);
  CHECK(read_all(*source) == std::vector<float>{0.5f, 0.0f, 0.5f, 0.0f});
  CHECK(source->non_finite_samples() == 4);
}

TEST_CASE("a WAV file that was cut short is delivered and then complained of") {
  const TempFolder folder;
  Bytes whole = wav(fmt_chunk(1, 2, 22050, 16), s16(std::vector<int>(2000, 5)));
  whole.resize(44 + 4 * 300 + 3);
  const auto source = Source::open(folder.file("x.wav", whole), 22050);
  CHECK(source->expected_frames() == 1000);
  std::vector<float> block(1000);
  CHECK(source->read(block) == 300);
  CHECK_THROWS_AS(source->read(block), DamagedInput);
  CHECK(error_of([&] { source->read(block); }) == quoted(folder.file("x.wav")) +
                                                      " is cut short: its header promises 1000 frames and "
                                                      "300 are there");
  CHECK(source->original_frames() == 300);
}

TEST_CASE("so are a mu-law WAV, an AIFF, and a FLAC file") {
  const TempFolder folder;
  for (const auto& [name, format] : {std::pair{"x.wav", SF_FORMAT_WAV | SF_FORMAT_ULAW},
                                     {"x.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16},
                                     {"x.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16}}) {
    CAPTURE(name);
    write_sndfile(folder.file(name), format, 22050, 1, sine(50000, 440, 22050));
    CHECK_NOTHROW(read_all(folder.file(name), 22050));
    Bytes content = read_file(folder.file(name));
    content.resize(content.size() / 2);
    const auto source = Source::open(folder.file(name, content), 22050);
    std::vector<float> block(100000);
    const std::size_t count = source->read(block);
    CHECK(count > 10000);
    CHECK(count < 30000);
    CHECK_THROWS_AS(source->read(block), DamagedInput);
  }
}

TEST_CASE("a WAV file whose recorder was killed, or that came from a pipe, is read to its end") {
  const TempFolder folder;
  const auto samples = sine16(1000, 440, 22050);
  for (const auto& [riff, data] :
       {std::pair{0u, 0u}, {36u, 0u}, {0xFFFFFFFFu, 0xFFFFFFFFu}, {0x7FFFFFFFu, 0x7FFFFFDBu}}) {
    const auto path =
        folder.file("x.wav", wav_with_sizes(riff, fmt_chunk(1, 1, 22050, 16), data, s16(samples)));
    const auto source = Source::open(path, 22050);
    CHECK(source->expected_frames() == 1000);
    CHECK(read_all(*source).size() == 1000);
  }
}

TEST_CASE("what is behind the sound is not sound") {
  const TempFolder folder;
  const Bytes list = chunk("LIST", text("INFO") + chunk("INAM", text(std::string("abc\0", 4))));
  const auto source =
      Source::open(folder.file("x.wav", wav(fmt_chunk(1, 1, 22050, 8), text("\x80\x80\x80")) + list), 22050);
  CHECK(read_all(*source).size() == 3);
  CHECK(source->tags() == Tags{{"title", "abc"}});
}

TEST_CASE("tags of FLAC and Ogg") {
  const TempFolder folder;
  for (const auto& [name, format] : {std::pair{"x.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16},
                                     {"x.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS}}) {
    write_tagged(folder.file(name), format);
    const Tags tags = Source::open(folder.file(name), 22050)->tags();
    // In the order of the file, in which libsndfile puts what it calls itself first in Ogg.
    const Tags ours(tags.begin() + (tags.at(0).first == "title" ? 0 : 1), tags.end());
    REQUIRE(ours.size() >= 2);
    CHECK(ours[0] == std::pair<std::string, std::string>{"title", "Rusalka"});
    CHECK(ours[1] == std::pair<std::string, std::string>{"artist", "Dvořák"});
  }
}

TEST_CASE("raw PCM from a file") {
  const TempFolder folder;
  const std::string path = folder.file("x.raw", u16(0x4000) + u16(0) + u16(0xC000) + u16(0xC000));
  const RawFormat raw{{22050, 2}, RawEncoding::s16le};
  const auto source = Source::open(path, 22050, raw);
  CHECK(source->expected_frames() == 2);
  CHECK(read_all(*source) == std::vector<float>{0.25f, -0.5f});

  const auto partial = Source::open(folder.file("y.raw", u16(1) + u16(2) + zeros(3)), 22050, raw);
  CHECK(error_of([&] { read_all(*partial); }) ==
        quoted(folder.file("y.raw")) + " ends inside frame 1, after 3 of its 4 bytes");
}

TEST_CASE("standard input may be a file, of which the beginning has been read") {
  const TempFolder folder;
  const auto samples = sine16(1000, 440, 22050);
  const auto path = folder.file("x", text("some words") + wav(fmt_chunk(1, 1, 22050, 16), s16(samples)));
  const int saved = ::dup(STDIN_FILENO);
  const int file = ::open(path.c_str(), O_RDONLY);
  ::lseek(file, 10, SEEK_SET);
  ::dup2(file, STDIN_FILENO);
  CHECK(read_all("-", 22050).size() == 1000);
  ::dup2(saved, STDIN_FILENO);
  ::close(saved);
  ::close(file);
}

TEST_CASE("an input that cannot be used is named, with the reason") {
  const TempFolder folder;
  const auto name = [&](const char* file) { return quoted(folder.file(file)); };
  CHECK(open_error(folder.file("none.wav")) ==
        "cannot open " + name("none.wav") + ": No such file or directory");
  CHECK(open_error(folder.file("")) == quoted(folder.file("")) + " is a directory");
  CHECK(open_error(folder.file("empty.wav", {})) == name("empty.wav") + " is empty (0 bytes)");
  CHECK(open_error(folder.file("words.wav", text("These are only words, more than a header of them."))) ==
        name("words.wav") + " is not a sound file of a known format");
  CHECK(open_error(folder.file("header.wav", wav(fmt_chunk(1, 1, 22050, 16), {}))) ==
        name("header.wav") + " holds no samples");
  CHECK(open_error(folder.file("cut.wav", wav_with_sizes(136, fmt_chunk(1, 1, 22050, 16), 100, {}))) ==
        name("cut.wav") + " holds no samples");
  CHECK(open_error(folder.file("rate0.wav", wav(fmt_chunk(1, 1, 0, 16), zeros(8)))) ==
        name("rate0.wav") + " has a sample rate of 0 Hz");
  CHECK(open_error(folder.file("fast.wav", wav(fmt_chunk(1, 1, 2000000000, 16), zeros(8)))) ==
        name("fast.wav") + " has a sample rate of 2000000000 Hz");
  CHECK(open_error(folder.file("mute.wav", wav(fmt_chunk(1, 0, 22050, 16), zeros(8)))) ==
        name("mute.wav") + " has 0 channels");
  CHECK(open_error(folder.file("fine.wav", wav(fmt_chunk(1, 1, 22050, 16), zeros(8))), -5) ==
        "cannot resample " + name("fine.wav") + " to -5 Hz");
  write_sndfile(folder.file("none.aiff"), SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 22050, 1, {});
  CHECK(open_error(folder.file("none.aiff")) == name("none.aiff") + " holds no samples");
}

TEST_CASE("no beginning of a sound file does worse than an error") {
  const TempFolder folder;
  for (const auto& [name, format] : {std::pair{"x.wav", SF_FORMAT_WAVEX | SF_FORMAT_PCM_24},
                                     {"x.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16},
                                     {"x.rf64", SF_FORMAT_RF64 | SF_FORMAT_FLOAT}}) {
    write_sndfile(folder.file(name), format, 22050, 1, sine(100, 440, 22050));
    const Bytes whole = read_file(folder.file(name));
    for (std::size_t length = 0; length < whole.size(); ++length) {
      CAPTURE(length);
      const Bytes part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
      CHECK_THROWS_AS(read_all(folder.file(name, part), 22050), Error);
    }
  }
}

}  // namespace
}  // namespace ictus::audio
