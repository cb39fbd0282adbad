#include "models/judges/config.hpp"

#include <doctest/doctest.h>

#include "lib/core/error.hpp"

using namespace ictus;

TEST_CASE("the answers of a judge follow from its question") {
  models::JudgeConfig c;
  c.families = {"flute", "organ"};
  c.lowest_pitch = 59;
  c.highest_pitch = 61;
  CHECK(c.classes() == std::vector<std::string>{"flute", "organ"});
  CHECK(c.class_of("organ", 3) == 1U);
  CHECK_FALSE(c.class_of("reed", 60));
  c.question = "pitch";
  CHECK(c.classes() == std::vector<std::string>{"59", "60", "61"});
  CHECK(c.class_of("organ", 61) == 2U);
  CHECK_FALSE(c.class_of("organ", 62));
  CHECK_FALSE(c.class_of("organ", 58));
}

TEST_CASE("what is left of the bands, step by step") {
  models::JudgeConfig c;
  c.bands = 190;
  c.band_steps = {2, 3, 1, 2};  // 95, 32, 32, 16
  CHECK(c.last_bands() == 16);
}

TEST_CASE("configurations that make no sense are refused by the name of what is wrong") {
  const auto refused = [](auto change, const char* named) {
    models::JudgeConfig c;
    check(c);
    change(c);
    CHECK_THROWS_WITH_AS(check(c), doctest::Contains(named), Error);
  };
  refused([](auto& c) { c.question = "weather"; }, "question is 'weather'");
  refused([](auto& c) { c.families.clear(); }, "families");
  refused([](auto& c) { c.families = {"a", "b", "a"}; }, "'a' more than once");
  refused([](auto& c) { c.highest_pitch = 23; }, "highest_pitch is 23");
  refused([](auto& c) { c.hop_samples = 500; }, "hop_samples (500)");
  refused([](auto& c) { c.bands = 220; }, "half the sample rate");
  refused([](auto& c) { c.channels[2] = 20; }, "multiple of 8");
  refused([](auto& c) { c.blocks.pop_back(); }, "as many levels");
  refused([](auto& c) { c.band_steps[0] = 0; }, "a band step is 0");
  refused([](auto& c) { c.embedding_size = 0; }, "embedding_size is 0");
}
