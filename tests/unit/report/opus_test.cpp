#include "lib/report/opus.hpp"

#include <doctest/doctest.h>
#include <sndfile.h>

#include <chrono>
#include <cmath>
#include <ctime>
#include <numbers>
#include <thread>
#include <vector>

#include "lib/core/error.hpp"
#include "tests/unit/temporary_file.hpp"

using namespace ictus;
using ictus::report::ogg_opus;

namespace {

std::vector<float> tone(std::size_t count, double frequency_hz, double sample_rate_hz) {
  std::vector<float> samples(count);
  for (std::size_t i = 0; i < count; ++i) {
    samples[i] = static_cast<float>(
        0.3 * std::sin(2.0 * std::numbers::pi * frequency_hz * static_cast<double>(i) / sample_rate_hz));
  }
  return samples;
}

struct ReadSound {
  SF_INFO info{};
  std::vector<float> samples;
};

ReadSound read(const std::string& bytes) {
  const tests::TemporaryFile file(bytes);
  ReadSound sound;
  SNDFILE* opened = sf_open(file.path().c_str(), SFM_READ, &sound.info);
  REQUIRE(opened != nullptr);
  sound.samples.resize(static_cast<std::size_t>(sound.info.frames));
  sound.samples.resize(
      static_cast<std::size_t>(sf_readf_float(opened, sound.samples.data(), sound.info.frames)));
  sf_close(opened);
  return sound;
}

}  // namespace

TEST_CASE("opus: libsndfile reads back what was written, in full length") {
  // 20 ms are a frame of Opus; these are a whole number of them, one sample more, and less than one.
  for (const std::size_t count : {std::size_t{32000}, std::size_t{32001}, std::size_t{100}}) {
    CAPTURE(count);
    const ReadSound sound = read(ogg_opus(tone(count, 440.0, 16000.0), 16000));
    CHECK((sound.info.format & SF_FORMAT_SUBMASK) == SF_FORMAT_OPUS);
    CHECK(sound.info.channels == 1);
    // Opus counts at 48 kHz, whatever rate the file names.
    const double duration_s = static_cast<double>(sound.samples.size()) / sound.info.samplerate;
    CHECK(std::abs(duration_s - static_cast<double>(count) / 16000.0) < 1.0 / 16000.0);
  }
}

TEST_CASE("opus: a tone stays where it was in time, in pitch and in level") {
  const ReadSound sound = read(ogg_opus(tone(32000, 440.0, 16000.0), 16000));
  const std::vector<float> expected = tone(sound.samples.size(), 440.0, sound.info.samplerate);
  double product = 0.0;
  double power = 0.0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    product += static_cast<double>(expected[i]) * sound.samples[i];
    power += static_cast<double>(expected[i]) * expected[i];
  }
  // A shift of an eighth of a period, 0.28 ms, would make it 0.71.
  CHECK(product / power == doctest::Approx(1.0).epsilon(0.03));
}

TEST_CASE("opus: a few kilobytes a second") {
  const double bytes = static_cast<double>(ogg_opus(tone(64000, 440.0, 16000.0), 16000).size());
  CHECK(bytes / 4.0 > 1000.0);
  CHECK(bytes / 4.0 < 5000.0);
}

TEST_CASE("opus: the same sound is the same bytes, at any time") {
  const std::string first = ogg_opus(tone(20000, 300.0, 16000.0), 16000);
  // libsndfile draws numbers by the clock, in seconds: another one has to have come.
  for (const std::time_t then = std::time(nullptr); std::time(nullptr) == then;)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  CHECK(ogg_opus(tone(20000, 300.0, 16000.0), 16000) == first);
}

TEST_CASE("opus: no sound, and rates that Opus does not have") {
  CHECK_THROWS_AS((void)ogg_opus({}, 16000), Error);
  CHECK_THROWS_AS((void)ogg_opus(tone(1000, 440.0, 22050.0), 22050), Error);
}
