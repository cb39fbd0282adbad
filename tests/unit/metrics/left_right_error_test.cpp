#include "lib/metrics/left_right_error.hpp"

#include <doctest/doctest.h>

#include "lib/core/error.hpp"
#include "tests/unit/metrics/signals.hpp"

namespace ictus::metrics {
namespace {

/// A sound of two channels that lives as long as it is looked at.
struct Stereo {
  Signal left;
  Signal right;
};

Stereo placed(const Signal& sound, double left, double right) {
  return {scaled(sound, left), scaled(sound, right)};
}

Stereo sum_of(const Stereo& a, const Stereo& b) {
  return {metrics::sum_of(a.left, b.left), metrics::sum_of(a.right, b.right)};
}

double error_db(const Stereo& reference, const Stereo& test) {
  return left_right_error_db({reference.left, reference.right}, {test.left, test.right});
}

TEST_CASE("what stays in its place has no error, however loud it has become") {
  const Stereo sound = placed(white(1), 0.8, 0.4);
  CHECK(error_db(sound, sound) == 0.0);
  CHECK(error_db(sound, placed(white(1), 0.2, 0.1)) < 1e-3);
  CHECK(error_db(sound, placed(white(2), 0.8, 0.4)) < 1e-3);
}

TEST_CASE("a place that is lost is as far off as left is from right") {
  CHECK(error_db(placed(white(1), 0.8, 0.4), placed(white(1), 0.5, 0.5)) ==
        doctest::Approx(decibels(2.0)).epsilon(1e-3));
  CHECK(error_db(placed(white(1), 0.8, 0.4), placed(white(1), 0.4, 0.8)) ==
        doctest::Approx(2.0 * decibels(2.0)).epsilon(1e-3));
}

TEST_CASE("on one side is 30 dB from the middle, and no more") {
  const Stereo hard_left = placed(white(1), 0.5, 0.0);
  CHECK(error_db(hard_left, placed(white(1), 0.5, 0.5)) == doctest::Approx(30.0));
  CHECK(error_db(hard_left, placed(white(1), 0.0, 0.5)) == doctest::Approx(60.0));
  CHECK(error_db(hard_left, placed(white(1), 0.5, 0.01)) < 1e-9);  // 34 dB apart
}

TEST_CASE("bands have places of their own, and count as their loudness does") {
  const Stereo low = placed(in_bin(40, 0.2), 0.6, 0.3);
  const Stereo reference = sum_of(low, placed(in_bin(200, 0.02), 0.3, 0.6));
  const Stereo swapped = sum_of(low, placed(in_bin(200, 0.02), 0.6, 0.3));
  const double weight = std::pow(10.0, -0.6);  // 20 dB below the other, to the 0.3
  CHECK(error_db(reference, swapped) ==
        doctest::Approx(2.0 * decibels(2.0) * weight / (1.0 + weight)).epsilon(1e-3));
}

TEST_CASE("what is silent has no place") {
  const Stereo silence = placed(white(1), 0.0, 0.0);
  const Stereo sound = placed(white(1), 0.8, 0.4);
  CHECK(error_db(silence, sound) == 0.0);
  CHECK(error_db(sound, silence) == doctest::Approx(decibels(2.0)).epsilon(1e-3));
}

TEST_CASE("sounds are cut to the shorter one; channels belong together") {
  Stereo longer = placed(white(1), 0.8, 0.4);
  longer.left.resize(kLength + 5000, 0.5f);
  longer.right.resize(kLength + 5000, -0.1f);
  CHECK(error_db(placed(white(1), 0.8, 0.4), longer) == 0.0);
  longer.right.pop_back();
  CHECK_THROWS_AS((void)error_db(longer, longer), Error);
  CHECK_THROWS_AS((void)error_db(placed(white(1), 1.0, 1.0), Stereo{}), Error);
}

}  // namespace
}  // namespace ictus::metrics
