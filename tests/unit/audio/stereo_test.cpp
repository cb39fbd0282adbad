// Two channels: in, out, mixed, resampled.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sndfile.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>

#include "lib/audio/audio.hpp"
#include "lib/audio/channel_mix.hpp"
#include "lib/audio/resampler.hpp"
#include "lib/audio/wav_writer.hpp"
#include "tests/unit/audio/support.hpp"

namespace ictus::audio {
namespace {

using namespace test;  // NOLINT: the words in which headers are written here
using enum Speaker;

constexpr int kRate = 44100;
const Speakers kFiveOne = {front_left, front_right, front_centre, low_frequency, back_left, back_right};

std::vector<float> noise(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<float> samples(count);
  for (float& sample : samples) sample = static_cast<float>(random() % 20001) / 20000.0f - 0.5f;
  return samples;
}

/// Whole numbers of 24-bit steps.
std::vector<float> noise24(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<float> samples(count);
  for (float& sample : samples)
    sample = static_cast<float>(static_cast<int>(random() % (1U << 24)) - (1 << 23)) * 0x1p-23f;
  return samples;
}

std::vector<float> channel_of(std::span<const float> frames, std::size_t channel, std::size_t channels = 2) {
  std::vector<float> samples;
  for (std::size_t i = channel; i < frames.size(); i += channels) samples.push_back(frames[i]);
  return samples;
}

/// Writes frames with a sink, `at_once` at a time; returns how many samples were clipped.
std::uint64_t write_sound(const std::string& path, std::span<const float> frames, int rate,
                          const SinkFormat& format, std::size_t at_once = 1000,
                          std::optional<std::uint64_t> exact = std::nullopt) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
  const auto sink = Sink::open(fd, path, rate, format);
  const auto channels = static_cast<std::size_t>(format.channels);
  while (!frames.empty()) {
    const auto part = frames.first(std::min(frames.size(), at_once * channels));
    sink->write(part);
    frames = frames.subspan(part.size());
  }
  sink->finish(exact);
  ::close(fd);
  return sink->clipped_samples();
}

SinkFormat stereo(SampleFormat samples, int rate = kRate, Container container = Container::wav) {
  SinkFormat format;
  format.container = container;
  format.samples = samples;
  format.sample_rate_hz = rate;
  format.channels = 2;
  return format;
}

std::unique_ptr<Source> open_stereo(const std::string& path, int rate = kRate) {
  return Source::open(path, rate, std::nullopt, 2);
}

TEST_CASE("stereo in 24 bits and in floats goes there and back bit for bit") {
  const TempFolder folder;
  const auto frames = side_by_side({noise24(30001, 1), noise24(30001, 2)});
  for (const SampleFormat samples : {SampleFormat::pcm24, SampleFormat::float32}) {
    CHECK(write_sound(folder.file("x.wav"), frames, kRate, stereo(samples)) == 0);
    const auto source = open_stereo(folder.file("x.wav"));
    CHECK(source->channels() == 2);
    CHECK(source->original_spec().channels == 2);
    CHECK(source->expected_frames() == 30001);
    CHECK(read_all(*source, 2 * 777) == frames);
    CHECK(source->original_frames() == 30001);
    CHECK(source->remarks().empty());
    CHECK(source->peak() == std::abs(*std::max_element(frames.begin(), frames.end(), [](float a, float b) {
            return std::abs(a) < std::abs(b);
          })));
  }
}

TEST_CASE("the header of a stereo file, and libsndfile's view of it") {
  const TempFolder folder;
  const auto frames = side_by_side({sine(1000, 440, kRate), sine(1000, 660, kRate, 0.25)});
  write_sound(folder.file("x.wav"), frames, kRate, stereo(SampleFormat::pcm24));
  const Bytes content = read_file(folder.file("x.wav"));
  CHECK(number_at(content, 58, 2) == 2);          // channels
  CHECK(number_at(content, 60, 4) == 44100);      // frames a second
  CHECK(number_at(content, 64, 4) == 44100 * 6);  // bytes a second
  CHECK(number_at(content, 68, 2) == 6);          // bytes a frame
  CHECK(number_at(content, 70, 2) == 24);         // bits a sample
  for (const SampleFormat samples : {SampleFormat::pcm16, SampleFormat::pcm24, SampleFormat::float32}) {
    write_sound(folder.file("x.wav"), frames, kRate, stereo(samples));
    SF_INFO info{};
    SNDFILE* in = sf_open(folder.file("x.wav").c_str(), SFM_READ, &info);
    REQUIRE(in != nullptr);
    CHECK(info.channels == 2);
    CHECK(info.frames == 1000);
    std::vector<float> read(frames.size());
    CHECK(sf_readf_float(in, read.data(), 1000) == 1000);
    sf_close(in);
    double worst = 0.0;
    for (std::size_t i = 0; i < read.size(); ++i)
      worst = std::max(worst, static_cast<double>(std::abs(read[i] - frames[i])));
    CHECK(worst < 1.6 / 32768);
  }
}

TEST_CASE("a stereo file beyond 4 GiB counts frames, not samples") {
  const WavLayout layout{SampleFormat::pcm16, kRate, {}, true, 2};
  constexpr std::uint64_t kBig = 5'000'000'000;
  const Bytes header = make_wav_header(layout, kBig);
  CHECK(text_at(header, 0, 4) == "RF64");
  CHECK(number_at(header, 28, 8) == kBig);
  CHECK(number_at(header, 36, 8) == kBig / 4);
}

TEST_CASE("the dither of one channel is not that of the other, and the left one is that of mono") {
  const TempFolder folder;
  const std::vector<float> quiet(20000, 0.3f / 32768.0f);
  const SinkFormat raw = stereo(SampleFormat::pcm16, kRate, Container::raw);
  write_sound(folder.file("a.raw"), side_by_side({quiet, quiet}), kRate, raw);
  write_sound(folder.file("b.raw"), side_by_side({quiet, quiet}), kRate, raw, 7);
  CHECK(read_file(folder.file("a.raw")) == read_file(folder.file("b.raw")));
  SinkFormat mono = raw;
  mono.channels = 1;
  write_sound(folder.file("mono.raw"), quiet, kRate, mono);
  const RawFormat two{{kRate, 2}, RawEncoding::s16le};
  const auto frames = read_all(*Source::open(folder.file("a.raw"), kRate, two, 2), 2000);
  const auto left = channel_of(frames, 0);
  const auto right = channel_of(frames, 1);
  CHECK(left == read_all(*Source::open(folder.file("mono.raw"), kRate, RawFormat{{kRate, 1}})));
  double product = 0.0;
  double power = 0.0;
  for (std::size_t i = 0; i < left.size(); ++i) {
    const double l = static_cast<double>(left[i]) * 32768.0 - 0.3;
    const double r = static_cast<double>(right[i]) * 32768.0 - 0.3;
    product += l * r;
    power += l * l;
  }
  // Independent noise: correlation of 20,000 samples lies within 4 standard deviations of 0.
  CHECK(std::abs(product / power) < 0.03);
}

TEST_CASE("samples beyond full scale are counted on both channels") {
  const TempFolder folder;
  const auto format = stereo(SampleFormat::pcm16);
  CHECK(write_sound(folder.file("x.wav"), side_by_side({{2.0f, 0.0f}, {-2.0f, 1.5f}}), kRate, format) == 3);
}

TEST_CASE("each channel is resampled as it would be by itself") {
  const auto left = noise(20011, 1);
  const auto right = noise(20011, 2);
  for (const auto& [from, to] : {std::pair{48000, 44100}, {22050, 44100}, {44100, 8000}, {44100, 44100}}) {
    CAPTURE(from);
    CAPTURE(to);
    std::vector<std::vector<float>> alone;
    for (const auto& channel : {left, right}) {
      std::vector<float> output;
      Resampler one(from, to);
      one.push(channel, output);
      one.finish(output);
      alone.push_back(output);
    }
    const auto frames = side_by_side({left, right});
    for (const std::size_t at_once : {1u, 333u, 20011u}) {
      std::vector<float> output;
      Resampler both(from, to, 2);
      std::span<const float> rest = frames;
      while (!rest.empty()) {
        const auto part = rest.first(std::min(rest.size(), 2 * at_once));
        both.push(part, output);
        rest = rest.subspan(part.size());
      }
      both.finish(output);
      CHECK(output == side_by_side(alone));
    }
  }
}

TEST_CASE("a stereo file is read and written at other rates, in blocks of any cut, at its exact length") {
  const TempFolder folder;
  const auto frames = side_by_side({sine(48000, 440, 48000), sine(48000, 3000, 48000, 0.25)});
  write_sound(folder.file("x.wav"), frames, 48000, stereo(SampleFormat::float32, 48000));
  const auto whole = read_all(*open_stereo(folder.file("x.wav")), 1 << 20);
  REQUIRE(whole.size() == 2 * 44100);
  for (const std::size_t at_once : {1u, 5u, 4096u})
    CHECK(read_all(*open_stereo(folder.file("x.wav")), 2 * at_once) == whole);
  const auto middle = std::span(whole).subspan(2 * 4410, 2 * 35280);
  const auto left = channel_of(middle, 0);
  const auto right = channel_of(middle, 1);
  CHECK(amplitude_at(left, 440, kRate) == doctest::Approx(0.5).epsilon(0.001));
  CHECK(amplitude_at(right, 3000, kRate) == doctest::Approx(0.25).epsilon(0.001));
  CHECK(amplitude_at(left, 3000, kRate) < 1e-4);
  CHECK(amplitude_at(right, 440, kRate) < 1e-4);

  // Back to the rate and length it came with.
  write_sound(folder.file("y.wav"), whole, kRate, stereo(SampleFormat::float32, 48000), 100, 48000);
  const auto back = read_all(*open_stereo(folder.file("y.wav"), 48000), 2000);
  REQUIRE(back.size() == frames.size());
  double worst = 0.0;
  for (std::size_t i = 9600; i + 9600 < back.size(); ++i)
    worst = std::max(worst, static_cast<double>(std::abs(back[i] - frames[i])));
  CHECK(worst < 2e-4);
}

TEST_CASE("one channel comes as one, and mono stays what is asked for by default") {
  const TempFolder folder;
  const auto one = noise24(5000, 1);
  SinkFormat mono = stereo(SampleFormat::pcm24);
  mono.channels = 1;
  write_sound(folder.file("mono.wav"), one, kRate, mono);
  const auto source = open_stereo(folder.file("mono.wav"));
  CHECK(source->channels() == 1);
  CHECK(read_all(*source) == one);

  const auto two = side_by_side({one, noise24(5000, 2)});
  write_sound(folder.file("two.wav"), two, kRate, stereo(SampleFormat::pcm24));
  CHECK(Source::open(folder.file("two.wav"), kRate)->channels() == 1);
  CHECK(read_all(folder.file("two.wav"), kRate).size() == 5000);
}

TEST_CASE("samples that are no numbers are counted on both channels and become silence") {
  const TempFolder folder;
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  Bytes sound;
  for (const float sample : {0.5f, nan, infinity, 0.25f, 1e31f, -0.5f}) sound = sound + f32(sample);
  const auto source = open_stereo(folder.file("x.wav", wav(fmt_chunk(3, 2, kRate, 32), sound)));
  CHECK(read_all(*source) == std::vector<float>{0.5f, 0.0f, 0.0f, 0.25f, 0.0f, -0.5f});
  CHECK(source->non_finite_samples() == 3);
}

TEST_CASE("weights to left and right are those of ITU-R BS.775") {
  const auto check = [](const Speakers& speakers, std::size_t channels, const std::vector<double>& left,
                        const std::vector<double>& right) {
    const StereoWeights weights = stereo_weights(speakers, channels);
    REQUIRE(weights.left.size() == left.size());
    REQUIRE(weights.right.size() == right.size());
    for (std::size_t i = 0; i < left.size(); ++i) {
      CAPTURE(i);
      CHECK(weights.left[i] == doctest::Approx(left[i]).epsilon(1e-4));
      CHECK(weights.right[i] == doctest::Approx(right[i]).epsilon(1e-4));
    }
  };
  constexpr double kHalf = 0.7071;  // as the table has it
  check(kFiveOne, 6, {1, 0, kHalf, 0, kHalf, 0}, {0, 1, kHalf, 0, 0, kHalf});
  // In Vorbis's order.
  check(vorbis_speakers(6), 6, {1, kHalf, 0, kHalf, 0, 0}, {0, kHalf, 1, 0, kHalf, 0});
  check({front_left, front_right, front_centre, back_centre}, 4, {1, 0, kHalf, 0.5}, {0, 1, kHalf, 0.5});
  check({front_left, front_right, back_left, back_right}, 4, {1, 0, kHalf, 0}, {0, 1, 0, kHalf});
  check({front_left, front_right}, 2, {1, 0}, {0, 1});
  check({front_right, front_left}, 2, {0, 1}, {1, 0});
  check({}, 2, {1, 0}, {0, 1});
  check({front_left, front_centre}, 2, {1, 0}, {0, 1});
  check({front_centre, front_left}, 2, {0, 1}, {1, 0});
  check({front_left, front_right, low_frequency}, 3, {1, 0, 0}, {0, 1, 0});
  check({front_centre, low_frequency}, 2, {1, 0}, {1, 0});
  check({}, 4, {0.25, 0.25, 0.25, 0.25}, {0.25, 0.25, 0.25, 0.25});
}

Mixed mixed(const Speakers& speakers, const std::vector<std::vector<float>>& channels,
            std::size_t at_once = 777) {
  return test::mixed(speakers, channels, kRate, 2, at_once);
}

TEST_CASE("two channels go through untouched, also where each is the other's negative") {
  const auto left = sine(kRate, 440, kRate);
  std::vector<float> right = left;
  for (float& sample : right) sample = -sample;
  const Mixed result = mixed({front_left, front_right}, {left, right});
  CHECK(result.samples == side_by_side({left, right}));
  CHECK(result.remarks.empty());
  // The same with a channel of low frequencies that goes nowhere.
  const Mixed with_low = mixed({front_left, front_right, low_frequency}, {left, right, left});
  CHECK(with_low.samples == side_by_side({left, right}));
  CHECK(with_low.remarks.empty());
}

TEST_CASE("5.1 becomes two channels, each with its own") {
  const std::size_t count = kRate / 2;
  std::vector<std::vector<float>> channels;
  for (unsigned seed = 1; seed <= 6; ++seed) channels.push_back(noise(count, seed));
  const Mixed result = mixed(kFiveOne, channels);
  REQUIRE(result.samples.size() == 2 * count);
  double worst = 0.0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto at = [&](std::size_t channel) { return static_cast<double>(channels[channel][i]); };
    const double left = at(0) + 0.70710678 * at(2) + 0.70710678 * at(4);
    const double right = at(1) + 0.70710678 * at(2) + 0.70710678 * at(5);
    worst = std::max({worst, std::abs(static_cast<double>(result.samples[2 * i]) - left),
                      std::abs(static_cast<double>(result.samples[2 * i + 1]) - right)});
  }
  CHECK(worst < 1e-6);
  CHECK(result.remarks.empty());
  for (const std::size_t at_once : {1u, 13u, 4410u})
    CHECK(mixed(kFiveOne, channels, at_once).samples == result.samples);
}

TEST_CASE("what cancels on one side is mended there alone, and what is lost is said") {
  const std::vector<float> none(kRate);
  const auto voice = sine(kRate, 440, kRate);
  std::vector<float> against = voice;
  for (float& sample : against) sample *= -0.70710678f;
  // To the left the centre and the front cancel; to the right goes the centre alone.
  const Mixed result = mixed(kFiveOne, {against, none, voice, none, none, none});
  double left = 0.0;
  for (const float sample : channel_of(result.samples, 0))
    left += static_cast<double>(sample) * static_cast<double>(sample);
  CHECK(std::sqrt(left / kRate) == doctest::Approx(2.0 * 0.5 * 0.5).epsilon(0.01));
  const auto right = channel_of(result.samples, 1);
  double worst = 0.0;
  for (std::size_t i = 0; i < right.size(); ++i)
    worst =
        std::max(worst, std::abs(static_cast<double>(right[i]) - 0.70710678 * static_cast<double>(voice[i])));
  CHECK(worst < 1e-6);
  REQUIRE(result.remarks.size() == 1);
  CHECK(result.remarks[0].find("cancel each other for 1.0 s, first at 0.0 s") != std::string::npos);

  const Mixed low = mixed(kFiveOne, {none, none, none, voice, none, none});
  REQUIRE(low.remarks.size() == 1);
  CHECK(low.remarks[0].find("the mix of its 6 channels to two lost all") != std::string::npos);
  // A sound on one side alone is none that was lost on the other.
  CHECK(mixed(kFiveOne, {voice, none, none, none, none, none}).remarks.empty());
}

TEST_CASE("the mask of a file says what goes left and right") {
  const TempFolder folder;
  // FLAC of six channels is 5.1 without a mask.
  const std::vector<float> none(4000);
  const auto centre = noise24(4000, 1);
  const auto behind = noise24(4000, 2);
  std::vector<std::vector<float>> channels{none, none, centre, none, none, behind};
  for (auto& channel : channels)
    for (float& sample : channel) sample *= 0.5f;
  write_sndfile(folder.file("x.flac"), SF_FORMAT_FLAC | SF_FORMAT_PCM_24, kRate, 6, side_by_side(channels));
  const auto source = open_stereo(folder.file("x.flac"));
  CHECK(source->channels() == 2);
  const auto frames = read_all(*source);
  REQUIRE(frames.size() == 8000);
  double worst = 0.0;
  for (std::size_t i = 0; i < 4000; ++i) {
    const double middle = 0.5 * 0.70710678 * static_cast<double>(centre[i]);
    const double right = middle + 0.5 * 0.70710678 * static_cast<double>(behind[i]);
    worst = std::max({worst, std::abs(static_cast<double>(frames[2 * i]) - middle),
                      std::abs(static_cast<double>(frames[2 * i + 1]) - right)});
  }
  CHECK(worst < 1e-6);
}

TEST_CASE("any other number of channels than 1 and 2 is no wish that can be had") {
  const TempFolder folder;
  CHECK_THROWS_AS((void)Source::open(folder.file("x.wav", wav(fmt_chunk(1, 1, kRate, 16), u16(1))), kRate,
                                     std::nullopt, 3),
                  std::logic_error);
  SinkFormat format = stereo(SampleFormat::pcm16);
  format.channels = 0;
  CHECK_THROWS_AS((void)Sink::open(1, "x", kRate, format), std::logic_error);
}

}  // namespace
}  // namespace ictus::audio
