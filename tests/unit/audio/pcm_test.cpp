#include "lib/audio/pcm.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "lib/audio/dither.hpp"
#include "tests/unit/audio/support.hpp"

namespace ictus::audio {
namespace {

using namespace test;  // NOLINT: the words in which bytes are written here

std::vector<float> decoded(PcmEncoding encoding, const Bytes& bytes) {
  std::vector<float> samples(bytes.size() / bytes_per_sample(encoding));
  decode_pcm(encoding, bytes, samples);
  return samples;
}

Bytes encoded(SampleFormat format, const std::vector<float>& samples) {
  Bytes bytes;
  PcmEncoder(format).encode(samples, bytes);
  return bytes;
}

TEST_CASE("bytes become the fractions of full scale that they stand for") {
  using V = std::vector<float>;
  CHECK(decoded(PcmEncoding::u8, text(std::string("\x00\x80\xC0\xFF", 4))) ==
        V{-1.0f, 0.0f, 0.5f, 127.0f / 128.0f});
  CHECK(decoded(PcmEncoding::s16le, u16(0x8000) + u16(0x4000) + u16(0xFFFF)) ==
        V{-1.0f, 0.5f, -1.0f / 32768.0f});
  CHECK(decoded(PcmEncoding::s24le, text(std::string("\x00\x00\x80\x01\x00\x00\xFF\xFF\x7F", 9))) ==
        V{-1.0f, 1.0f / 8388608.0f, 8388607.0f / 8388608.0f});
  CHECK(decoded(PcmEncoding::s32le, u32(0x80000000) + u32(0x20000000)) == V{-1.0f, 0.25f});
  CHECK(decoded(PcmEncoding::f32le, f32(1.5f) + f32(-0.125f)) == V{1.5f, -0.125f});
  CHECK(decoded(PcmEncoding::f64le, f64(-2.0) + f64(0.1)) == V{-2.0f, 0.1f});
}

TEST_CASE("24 bits are rounded, saturate and are counted") {
  PcmEncoder encoder(SampleFormat::pcm24);
  Bytes bytes;
  const std::vector<float> samples{0.5f,
                                   1.0f,
                                   -1.0f,
                                   1.5f,
                                   -7.0f,
                                   std::numeric_limits<float>::quiet_NaN(),
                                   std::numeric_limits<float>::infinity()};
  encoder.encode(samples, bytes);
  CHECK(bytes == text(std::string("\x00\x00\x40"
                                  "\xFF\xFF\x7F"
                                  "\x00\x00\x80"
                                  "\xFF\xFF\x7F"
                                  "\x00\x00\x80"
                                  "\x00\x00\x00"
                                  "\xFF\xFF\x7F",
                                  21)));
  CHECK(encoder.clipped_samples() == 3);
}

TEST_CASE("16 bits saturate in spite of dither; they never wrap") {
  PcmEncoder encoder(SampleFormat::pcm16);
  Bytes bytes;
  encoder.encode(std::vector<float>(1000, 1.5f), bytes);
  encoder.encode(std::vector<float>(1000, -1.5f), bytes);
  for (std::size_t i = 0; i < 1000; ++i) {
    REQUIRE(number_at(bytes, 2 * i, 2) == 0x7FFF);
    REQUIRE(number_at(bytes, 2000 + 2 * i, 2) == 0x8000);
  }
  CHECK(encoder.clipped_samples() == 2000);
}

TEST_CASE("floats stay as they are") {
  CHECK(encoded(SampleFormat::float32, {1.5f, -0.1f}) == f32(1.5f) + f32(-0.1f));
}

TEST_CASE("digital silence stays digital silence") {
  CHECK(encoded(SampleFormat::pcm16, std::vector<float>(1000, 0.0f)) == zeros(2000));
}

TEST_CASE("dither is triangular: in (-1, 1), mean 0, variance 1/6") {
  TriangularDither dither;
  constexpr int kCount = 1'000'000;
  double sum = 0.0;
  double squares = 0.0;
  double largest = 0.0;
  for (int i = 0; i < kCount; ++i) {
    const double value = dither.next();
    sum += value;
    squares += value * value;
    largest = std::max(largest, std::abs(value));
  }
  CHECK(std::abs(sum / kCount) < 0.002);
  CHECK(squares / kCount == doctest::Approx(1.0 / 6.0).epsilon(0.005));
  CHECK(largest < 1.0);
  CHECK(largest > 0.99);
}

TEST_CASE("dither keeps what is smaller than a step: the mean of many 16-bit samples is the value") {
  constexpr std::size_t kCount = 100'000;
  const Bytes bytes = encoded(SampleFormat::pcm16, std::vector<float>(kCount, 0.3f / 32768.0f));
  double sum = 0.0;
  for (std::size_t i = 0; i < kCount; ++i) {
    sum += static_cast<double>(static_cast<std::int16_t>(number_at(bytes, 2 * i, 2)));
  }
  CHECK(sum / kCount == doctest::Approx(0.3).epsilon(0.03));
}

TEST_CASE("the same samples become the same bytes, in one block or many") {
  const std::vector<float> samples = sine(5000, 440, 44100);
  PcmEncoder blockwise(SampleFormat::pcm16);
  Bytes bytes;
  for (std::size_t i = 0; i < samples.size(); i += 17) {
    blockwise.encode(std::span(samples).subspan(i, std::min<std::size_t>(17, samples.size() - i)), bytes);
  }
  CHECK(bytes == encoded(SampleFormat::pcm16, samples));
}

}  // namespace
}  // namespace ictus::audio
