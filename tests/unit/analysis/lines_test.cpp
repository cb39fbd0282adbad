#include "lib/analysis/lines.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <vector>

#include "lib/analysis/stretch.hpp"
#include "signals.hpp"

using namespace ictus::analysis;

namespace {

constexpr double kNoise = 0.06;  // RMS

/// The line that stands out of what explains noise of that power everywhere.
std::optional<Line> line_of(const std::vector<float>& sound) {
  const Stretch stretch(sound);
  ictus::synthesis::PowerMap flat = stretch.target.sound().fine;
  std::fill(flat.values.begin(), flat.values.end(), static_cast<float>(kNoise * kNoise));
  return strongest_line(stretch.target.sound().fine, flat, stretch.target.loudest());
}

}  // namespace

TEST_CASE("noise has no line, however long it is") {
  for (const double seconds : {0.3, 0.6, 2.0, 5.0}) {
    for (unsigned seed = 1; seed <= 4; ++seed) {
      CAPTURE(seconds);
      CAPTURE(seed);
      CHECK_FALSE(line_of(white_noise(seconds, kNoise, seed)));
    }
  }
}

TEST_CASE("a tone in noise is a line") {
  for (const double hz : {200.0, 440.0, 3000.0, 9000.0}) {
    CAPTURE(hz);
    std::vector<float> sound = white_noise(2.0, kNoise, 7);
    const std::vector<float> line = tone(2.0, 0.03, 1, [hz](double) { return hz; });
    std::transform(sound.begin(), sound.end(), line.begin(), sound.begin(), std::plus<float>());
    const std::optional<Line> found = line_of(sound);
    REQUIRE(found);
    const auto band = static_cast<std::size_t>(found->band);
    CHECK(views().fine.centre_hz[band] == doctest::Approx(hz).epsilon(0.04));
    CHECK(found->begin < found->end);
    CHECK(found->end <= static_cast<int>(2.0F / views().fine.hop_s()) + 1);
  }
}
