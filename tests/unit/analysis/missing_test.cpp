#include "lib/analysis/missing.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "lib/analysis/stretch.hpp"
#include "signals.hpp"

using namespace ictus::analysis;

namespace {

std::vector<float> sum(std::vector<float> a, const std::vector<float>& b) {
  std::transform(a.begin(), a.end(), b.begin(), a.begin(), [](float x, float y) { return x + y; });
  return a;
}

std::vector<float> sine(double hz, double amplitude) {
  return tone(2.0, amplitude, 1, [hz](double) { return hz; });
}

/// Whether something of a sound is missing where another is all that explains it.
bool is_missing(const std::vector<float>& sound, const std::vector<float>& explained) {
  return Missing(Stretch(sound).target).is_any(Stretch(explained).target.sound());
}

}  // namespace

TEST_CASE("a soft tone that is left out is missing, one that is masked is not") {
  const auto loud = sine(440.0, 0.25);
  for (const double hz : {700.0, 1500.0, 5000.0, 9000.0}) {
    CAPTURE(hz);
    const auto both = sum(loud, sine(hz, 0.0025));
    CHECK(is_missing(both, loud));
    CHECK_FALSE(is_missing(both, both));
    CHECK_FALSE(is_missing(loud, both));  // what is too much is not missing
  }
  CHECK_FALSE(is_missing(sum(loud, sine(470.0, 0.0025)), loud));
  CHECK_FALSE(is_missing(sum(loud, sine(5000.0, 0.0002)), loud));  // 62 dB below
}

TEST_CASE("a tone of a fifth of a second is missing; one that is a few dB too soft is not") {
  const auto loud = sine(440.0, 0.25);
  auto short_tone = sine(3000.0, 0.025);
  std::fill(short_tone.begin(), short_tone.begin() + 44100, 0.0F);
  std::fill(short_tone.begin() + 44100 + 8820, short_tone.end(), 0.0F);
  CHECK(is_missing(sum(loud, short_tone), loud));
  for (float& sample : short_tone) sample *= 0.5F;
  const auto softer = sum(loud, short_tone);
  for (float& sample : short_tone) sample *= 2.0F;
  CHECK_FALSE(is_missing(sum(loud, short_tone), softer));
}
