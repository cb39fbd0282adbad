#include "lib/analysis/continuation.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <span>
#include <vector>

#include "signals.hpp"

using namespace ictus::analysis;

namespace {

constexpr std::size_t kCount = 4096;

float loudest(std::span<const float> samples) {
  float most = 0.0F;
  for (const float sample : samples) most = std::max(most, std::abs(sample));
  return most;
}

}  // namespace

TEST_CASE("tones go on as they were") {
  std::vector<float> sound = tone(1.0, 0.3, 1, [](double) { return 440.0; });
  const std::vector<float> other = tone(1.0, 0.1, 1, [](double) { return 3100.0; });
  std::transform(sound.begin(), sound.end(), other.begin(), sound.begin(), std::plus<float>());
  const std::span<const float> before = std::span(sound).first(sound.size() - kCount - 1000);  // it fades out
  const std::vector<float> more = continuation(before, kCount);
  REQUIRE(more.size() == kCount);
  float off = 0.0F;
  for (std::size_t i = 0; i < kCount; ++i) off = std::max(off, std::abs(more[i] - sound[before.size() + i]));
  CHECK(off < 0.03F);
}

TEST_CASE("noise dies away, silence stays, and nothing grows") {
  const std::vector<float> noise = white_noise(0.5, 0.1, 3);
  const std::vector<float> more = continuation(noise, kCount);
  CHECK(loudest(more) < 0.2F);
  CHECK(loudest(std::span(more).last(kCount / 2)) < 0.02F);
  CHECK(loudest(continuation(std::vector<float>(20000), kCount)) == 0.0F);
  std::vector<float> over = tone(0.4, 0.3, 1, [](double) { return 330.0; });
  over.resize(over.size() + 1000);
  CHECK(loudest(continuation(over, kCount)) < 0.01F);
  CHECK(continuation(std::vector<float>{0.5F}, 3) == std::vector<float>(3));
}
