#include "lib/mars/codec.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>

#include "lib/core/error.hpp"
#include "lib/mars/model_file.hpp"
#include "tests/unit/mars/support.hpp"

using namespace ictus;
using formats::TokenClip;

namespace {

std::vector<float> tone(std::size_t samples) {
  std::vector<float> x(samples);
  for (std::size_t i = 0; i < samples; ++i)
    x[i] =
        0.3F * static_cast<float>(std::sin(2.0 * std::numbers::pi * 440.0 * static_cast<double>(i) / 8000.0) *
                                  std::exp(-static_cast<double>(i % 1500) / 800.0));
  return x;
}

std::vector<TokenClip> encoded(const std::shared_ptr<const mars::LoadedTokenizer>& tokenizer,
                               const std::vector<float>& x, std::size_t block) {
  std::vector<TokenClip> clips;
  mars::Encoder encoder(tokenizer, {}, [&](const TokenClip& clip) { clips.push_back(clip); });
  for (std::size_t at = 0; at < x.size(); at += block)
    encoder.push(std::span(x).subspan(at, std::min(block, x.size() - at)));
  encoder.finish();
  return clips;
}

std::vector<float> decoded(const std::shared_ptr<const mars::LoadedTokenizer>& tokenizer,
                           const std::vector<TokenClip>& clips, std::optional<std::uint64_t> length,
                           mars::DecoderSettings settings = {}) {
  std::vector<float> samples;
  mars::Decoder decoder(tokenizer, settings,
                        [&](std::span<const float> s) { samples.insert(samples.end(), s.begin(), s.end()); });
  for (const TokenClip& clip : clips) decoder.push(clip);
  decoder.finish(length);
  return samples;
}

bool same(const std::vector<TokenClip>& a, const std::vector<TokenClip>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const TokenClip& x, const TokenClip& y) {
    return x.columns == y.columns && x.spectral_level_db == y.spectral_level_db && x.scales == y.scales;
  });
}

// The small tokenizer's clips have 2048 samples in 4 columns.
constexpr std::size_t kClip = 2048;

}  // namespace

TEST_CASE("every length comes back as long as it was, in the clips that it takes") {
  const auto tokenizer = tests::small_tokenizer();
  for (const std::size_t length : {std::size_t{1}, std::size_t{511}, std::size_t{512}, std::size_t{513},
                                   kClip - 1, kClip, kClip + 1, kClip + 63, kClip + 200, 3 * kClip + 777}) {
    CAPTURE(length);
    const auto clips = encoded(tokenizer, tone(length), 4096);
    REQUIRE(clips.size() == (length + kClip - 1) / kClip);
    for (std::size_t i = 0; i + 1 < clips.size(); ++i) CHECK(clips[i].columns == 4);
    CHECK(clips.back().columns == ((length - 1) % kClip) / 512 + 1);
    CHECK(decoded(tokenizer, clips, length).size() == length);
    CHECK(decoded(tokenizer, clips, std::nullopt).size() ==
          (clips.size() - 1) * kClip + clips.back().columns * 512U);
  }
  CHECK(encoded(tokenizer, {}, 1).empty());
  CHECK(decoded(tokenizer, {}, 0).empty());
}

TEST_CASE("how the samples arrive, and when, changes nothing") {
  const auto tokenizer = tests::small_tokenizer();
  const std::vector<float> x = tone(2 * kClip + 300);
  const auto whole = encoded(tokenizer, x, x.size());
  CHECK(same(whole, encoded(tokenizer, x, 1)));
  CHECK(same(whole, encoded(tokenizer, x, 777)));
  CHECK(decoded(tokenizer, whole, x.size()) == decoded(tokenizer, whole, x.size()));
}

TEST_CASE("a clip is there as soon as the windows of its frames are") {
  const auto tokenizer = tests::small_tokenizer();
  int clips = 0;
  mars::Encoder encoder(tokenizer, {}, [&](const TokenClip&) { ++clips; });
  const std::vector<float> x = tone(2 * kClip);
  encoder.push(std::span(x).first(kClip + 256));  // and half a window, which is more than is needed
  CHECK(clips == 1);
}

TEST_CASE("loudness is no matter: 20 dB softer gives the same tokens and a level 20 dB lower") {
  const auto tokenizer = tests::small_tokenizer();
  std::vector<float> x = tone(kClip);
  const auto loud = encoded(tokenizer, x, x.size());
  for (float& v : x) v *= 0.1F;
  const auto soft = encoded(tokenizer, x, x.size());
  CHECK(loud[0].scales == soft[0].scales);
  CHECK(*loud[0].spectral_level_db - *soft[0].spectral_level_db == 20.0F);
}

TEST_CASE("a level is that of a sine of full scale, and so much less, at any frequency") {
  const auto tokenizer = tests::small_tokenizer();
  formats::TokenPyramidHeader header;
  header.full_scale_centibels = mars::full_scale_centibels(*tokenizer);
  CHECK(header.full_scale_centibels == 163);  // of 256 samples: 10 log10(256 / 6)
  for (const double hz : {200.0, 440.0, 1000.0, 1234.5, 1578.1, 3300.0}) {
    for (const double level_db : {0.0, -6.02, -20.0, -60.0}) {
      CAPTURE(hz);
      CAPTURE(level_db);
      std::vector<float> x(kClip);
      for (std::size_t i = 0; i < x.size(); ++i)
        x[i] = static_cast<float>(std::pow(10.0, level_db / 20.0) *
                                  std::sin(2.0 * std::numbers::pi * hz * static_cast<double>(i) / 8000.0));
      const auto clips = encoded(tokenizer, x, x.size());
      // Half a step of 0.5 dB, and what is missed between two frequencies.
      CHECK(std::abs(formats::full_scale_db(*clips[0].spectral_level_db, header) - level_db) < 0.65);
    }
  }
}

TEST_CASE("digital silence is a clip without tokens, and silent again") {
  const auto tokenizer = tests::small_tokenizer();
  const auto clips = encoded(tokenizer, std::vector<float>(kClip), 100);
  REQUIRE(clips.size() == 1);
  CHECK_FALSE(clips[0].spectral_level_db.has_value());
  CHECK(clips[0].scales.empty());
  for (const float v : decoded(tokenizer, clips, kClip)) REQUIRE(v == 0.0F);
}

TEST_CASE("fewer scales, asked for or missing, are the same coarse sound") {
  const auto tokenizer = tests::small_tokenizer();
  auto clips = encoded(tokenizer, tone(kClip), kClip);
  const auto coarse = decoded(tokenizer, clips, kClip, {.scales = 1});
  CHECK(coarse != decoded(tokenizer, clips, kClip));
  clips[0].scales.resize(1);
  CHECK(coarse == decoded(tokenizer, clips, kClip));
}

TEST_CASE("clips that do not fit the model are refused") {
  const auto tokenizer = tests::small_tokenizer();
  const auto clips = encoded(tokenizer, tone(kClip), kClip);
  auto spoilt = clips;
  spoilt[0].scales[1].push_back(0);
  CHECK_THROWS_WITH_AS(decoded(tokenizer, spoilt, kClip),
                       "scale 1 of a clip has 5 tokens where the model's grid has 2 x 2", Error);
  spoilt = clips;
  spoilt[0].scales[2][3] = 16;
  CHECK_THROWS_WITH_AS(decoded(tokenizer, spoilt, kClip),
                       "scale 2 of a clip holds the token 16, outside of the model's codebook of 16", Error);
  spoilt = clips;
  spoilt[0].columns = 5;
  CHECK_THROWS_AS(decoded(tokenizer, spoilt, kClip), Error);
}
