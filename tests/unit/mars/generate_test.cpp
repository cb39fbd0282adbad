#include "lib/mars/generate.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "lib/core/error.hpp"
#include "lib/mars/codec.hpp"
#include "tests/unit/mars/support.hpp"

using namespace ictus;
using formats::TokenClip;
using mars::Wish;

namespace {

using Tokens = std::vector<std::vector<std::uint16_t>>;

struct Fixture {
  std::shared_ptr<mars::LoadedTokenizer> tokenizer = tests::small_tokenizer();
  std::shared_ptr<mars::LoadedGenerator> generator;
  explicit Fixture(const std::string& order = "scales") : generator(tests::small_generator(order)) {}
  [[nodiscard]] mars::Writer writer(const mars::SamplingSettings& settings = {}) const {
    return {generator, tokenizer, settings};
  }
  [[nodiscard]] TokenClip one(const Wish& wish, const mars::SamplingSettings& settings = {}) const {
    return writer(settings).write(std::vector{wish}).at(0);
  }
};

Wish flute(std::uint64_t seed) { return {.family = "flute", .pitch = 60, .velocity = 100, .seed = seed}; }

Tokens some_tokens() { return {{7}, {1, 15, 0, 3}, {2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9}}; }

/// The likeliest tokens given the label, coarse first, without Writer.
Tokens likeliest(const Fixture& f, const models::Labels& labels) {
  torch::NoGradGuard no_grad;
  models::GeneratorImpl& model = *f.generator->model;
  models::PyramidSum sum(*f.tokenizer->model->quantiser, 1, 4, 4, 4, torch::kCPU);
  models::Memory memory;
  Tokens all;
  std::int64_t first = 0;
  for (const auto& [rows, columns] : f.generator->config.scales) {
    const std::int64_t count = std::int64_t{rows} * columns;
    const torch::Tensor logits = model.next(model.condition(labels), first, count,
                                            first > 0 ? sum.at(rows, columns) : torch::Tensor(), {}, memory);
    const torch::Tensor tokens = logits[0].argmax(1);
    sum.add(tokens.reshape({1, rows, columns}));
    all.emplace_back();
    for (std::int64_t i = 0; i < count; ++i)
      all.back().push_back(static_cast<std::uint16_t>(tokens[i].item<std::int64_t>()));
    first += count;
  }
  return all;
}

}  // namespace

TEST_CASE("a clip is a whole pyramid within the codebook, and its seed alone decides it") {
  for (const char* const order : {"scales", "tokens"}) {
    CAPTURE(std::string(order));
    const Fixture f(order);
    const TokenClip clip = f.one(flute(1));
    CHECK(clip.columns == 4);
    REQUIRE(clip.scales.size() == 3);
    for (std::size_t scale = 0; scale < 3; ++scale)
      CHECK(clip.scales[scale].size() == std::vector<std::size_t>{1, 4, 12}[scale]);
    for (const auto& scale : clip.scales)
      for (const std::uint16_t token : scale) CHECK(token < 16);
    CHECK(clip == f.one(flute(1)));
    std::set<Tokens> different;
    for (std::uint64_t seed = 1; seed <= 8; ++seed) different.insert(f.one(flute(seed)).scales);
    CHECK(different.size() == 8);
  }
}

TEST_CASE("what is written together is what is written one by one") {
  for (const char* const order : {"scales", "tokens"}) {
    const Fixture f(order);
    std::vector<Wish> wishes;
    for (std::uint64_t seed = 0; seed < 8; ++seed) wishes.push_back(flute(seed));
    wishes[1].family = "organ";
    wishes[2] = {.seed = 2};
    wishes[3].pitch.reset();
    wishes[4].kept = {{7}};
    wishes[5].kept = some_tokens();
    wishes[6].spectral_level_db = -30.0F;
    const auto together = f.writer().write(wishes);
    REQUIRE(together.size() == 8);
    for (std::size_t i = 0; i < 8; ++i) CHECK(together[i] == f.one(wishes[i]));
  }
  CHECK(Fixture().writer().write({}).empty());
}

TEST_CASE("guidance of 1 is the label as trained, of 0 no label, and the likeliest tokens need no chance") {
  const Fixture f;
  // Pitch 60 is number 3 from 57; family 3, instrument 2, pitch 13 and velocity 0 are: not said.
  const Tokens said = likeliest(f, tests::labels_of(f.generator->config, 0, 2, 3, 100));
  const Tokens unsaid = likeliest(f, tests::labels_of(f.generator->config, 3, 2, 13, 0));
  REQUIRE(said != unsaid);
  for (const std::uint64_t seed : {1, 2}) {
    CHECK(f.one(flute(seed), {.guidance = 1.0, .temperature = 0.0}).scales == said);
    CHECK(f.one(flute(seed), {.guidance = 0.0, .temperature = 0.0}).scales == unsaid);
    CHECK(f.one({.seed = seed}, {.guidance = 1.0, .temperature = 0.0}).scales == unsaid);
  }
  CHECK(f.one({.family = "flute", .pitch = 60, .seed = 1}, {.guidance = 1.0, .temperature = 0.0}).scales ==
        likeliest(f, tests::labels_of(f.generator->config, 0, 2, 3, 0)));
  CHECK(f.one(flute(1), {.guidance = 20.0, .temperature = 0.0}).scales != said);
}

TEST_CASE("scales that are kept are kept, and the finer ones are written to them") {
  for (const char* const order : {"scales", "tokens"}) {
    CAPTURE(std::string(order));
    const Fixture f(order);
    for (std::size_t kept = 0; kept <= 3; ++kept) {
      Wish wish = flute(3);
      wish.kept = some_tokens();
      wish.kept.resize(kept);
      std::set<Tokens> different;
      for (wish.seed = 1; wish.seed <= 4; ++wish.seed) {
        const TokenClip clip = f.one(wish);
        REQUIRE(clip.scales.size() == 3);
        for (std::size_t scale = 0; scale < kept; ++scale) CHECK(clip.scales[scale] == some_tokens()[scale]);
        different.insert(clip.scales);
      }
      CHECK(different.size() == (kept == 3 ? 1 : 4));
    }
    // Finer scales depend on what is kept.
    Wish other = flute(3);
    other.kept = {{8}};
    Wish wish = flute(3);
    wish.kept = {{7}};
    const mars::SamplingSettings likeliest{.temperature = 0.0};
    CHECK(f.one(wish, likeliest).scales[2] != f.one(other, likeliest).scales[2]);
  }
}

TEST_CASE("wishes that cannot be fulfilled are named, with what can") {
  const Fixture f;
  const auto refused = [&](const Wish& wish, const char* about, const char* choices) {
    try {
      static_cast<void>(f.one(wish));
      FAIL_CHECK("fulfilled: ", about);
    } catch (const Error& error) {
      CHECK(std::string(error.what()).find(about) != std::string::npos);
      CHECK(error.hint().find(choices) != std::string::npos);
    }
  };
  refused({.family = "harp"}, "'harp'", "flute, organ, synth_lead");
  refused({.family = ""}, "''", "flute");
  refused({.pitch = 56}, "the pitch 56", "57 to 69");
  refused({.pitch = 70}, "the pitch 70", "57 to 69");
  refused({.kept = {{1, 2}}}, "scale 0 is to be kept with 2 tokens where the model's grid has 1", "");
  refused({.kept = {{16}}}, "token 16, outside of the model's codebook of 16", "");
  refused({.kept = {{1}, {1, 2, 3, 4}, Tokens::value_type(12), {1}}}, "4 scales are to be kept", "");
  CHECK_THROWS_WITH_AS(f.writer({.temperature = -1.0}), doctest::Contains("temperature"), Error);
}

TEST_CASE("a generator writes for its tokenizer alone") {
  Fixture f;
  f.tokenizer->hash[0] = 0xAB;
  try {
    static_cast<void>(f.writer());
    FAIL("accepted");
  } catch (const Error& error) {
    const std::string what = error.what();
    CHECK(what.find("small-notes") != std::string::npos);
    CHECK(what.find("(weights 00000000)") != std::string::npos);
    CHECK(what.find("(weights ab000000)") != std::string::npos);
    CHECK(error.hint().find("ictus train generator") != std::string::npos);
  }
  f.tokenizer->hash[0] = 0;
  static_cast<void>(f.writer());
  f.generator->config.codebook_size = 8;
  CHECK_THROWS_WITH_AS(f.writer(), doctest::Contains("not of the sizes of its tokenizer"), Error);
}

TEST_CASE("the velocity sets the peak of the sound: -3 dB re full scale at the highest, 24 dB less at none") {
  const Fixture f;
  const auto peak_db = [&](const Wish& wish) {
    float peak = 0.0F;
    mars::Decoder decoder(f.tokenizer, {}, [&](std::span<const float> samples) {
      for (const float sample : samples) peak = std::max(peak, std::abs(sample));
    });
    decoder.push(f.one(wish));
    decoder.finish(std::nullopt);
    return 20.0 * std::log10(static_cast<double>(peak));
  };
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    Wish wish = flute(seed);
    for (const int velocity : {127, 100, 64, 1}) {
      CAPTURE(velocity);
      wish.velocity = velocity;
      // Levels have steps of 0.5 dB.
      CHECK(std::abs(peak_db(wish) - (-3.0 - 24.0 * (127 - velocity) / 127.0)) < 0.27);
    }
  }
}

TEST_CASE("levels differ as velocities do") {
  const Fixture f;
  const auto level_db = [&](std::optional<int> velocity) {
    // The same tokens each time, so that nothing else differs.
    return *f.one({.velocity = velocity, .kept = some_tokens()}).spectral_level_db;
  };
  // Levels have steps of 0.5 dB.
  CHECK(level_db(127) - level_db(1) == doctest::Approx(24.0 * 126.0 / 127.0).epsilon(0.025));
  CHECK(level_db(127) - level_db(64) == doctest::Approx(24.0 * 63.0 / 127.0).epsilon(0.05));
  CHECK(level_db({}) == level_db(100));
  Wish wish = flute(1);
  wish.spectral_level_db = -31.3F;
  CHECK(f.one(wish).spectral_level_db == -31.5F);
  wish.spectral_level_db = -200.0F;  // as soft as silence
  CHECK(f.one(wish) == TokenClip{.columns = 4, .spectral_level_db = {}, .scales = {}});
}

TEST_CASE("the coarse scales of a clip, of a short one as those of a whole one") {
  const Fixture f;
  const mars::Writer writer = f.writer();
  const TokenClip whole{.columns = 4, .spectral_level_db = -20.0F, .scales = some_tokens()};
  for (std::size_t scales = 0; scales <= 3; ++scales) {
    Tokens expected = some_tokens();
    expected.resize(scales);
    CHECK(writer.coarse_tokens(whole, scales) == expected);
  }
  CHECK(writer.coarse_tokens(whole, 9) == some_tokens());
  for (const unsigned columns : {1U, 2U, 3U}) {
    CAPTURE(columns);
    // Grids of 1 x 1, 2 x ceil(2 c / 4) and 4 x ceil(3 c / 4).
    TokenClip clip{
        .columns = static_cast<std::uint16_t>(columns), .spectral_level_db = -20.0F, .scales = some_tokens()};
    clip.scales[1].resize(2U * ((2U * columns + 3U) / 4U));
    clip.scales[2].resize(4U * ((3U * columns + 3U) / 4U));
    const Tokens coarse = writer.coarse_tokens(clip, 3);
    REQUIRE(coarse.size() == 3);
    CHECK(coarse[0].size() == 1);
    CHECK(coarse[1].size() == 4);
    CHECK(coarse[2].size() == 12);
    CHECK(writer.coarse_tokens(clip, 1) == Tokens{coarse[0]});
  }
}
