#include "lib/train/sound_changes.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>

using namespace ictus;

namespace {

constexpr int kRateHz = 16000;

std::vector<float> sine(double frequency_hz) {
  std::vector<float> x(kRateHz);
  for (std::size_t i = 0; i < x.size(); ++i)
    x[i] = static_cast<float>(
        std::sin(2.0 * std::numbers::pi * frequency_hz * static_cast<double>(i) / kRateHz));
  return x;
}

double level_db(const std::vector<float>& x) { return 10.0 * std::log10(train::power(x)); }

}  // namespace

TEST_CASE("filters of one pole are 3 dB down at their corner") {
  // Of p = exp(-2 pi f / r), y = p y + (1 - p) x has the gain (1 - p) / |1 - p exp(-i w)|; what is left is x
  // - y.
  const double p = std::exp(-2.0 * std::numbers::pi * 500.0 / kRateHz);
  const double w = 2.0 * std::numbers::pi * 2000.0 / kRateHz;
  const double denominator = 1.0 - 2.0 * p * std::cos(w) + p * p;
  std::vector<float> x = sine(2000.0);
  train::low_pass(x, 500.0, kRateHz);
  CHECK(level_db(x) ==
        doctest::Approx(-3.01 + 10.0 * std::log10((1.0 - p) * (1.0 - p) / denominator)).epsilon(0.01));
  x = sine(2000.0);
  train::high_pass(x, 500.0, kRateHz);
  // 1 - (1 - p) / (1 - p z) = p (1 - z) / (1 - p z).
  CHECK(level_db(x) ==
        doctest::Approx(-3.01 + 10.0 * std::log10(p * p * (2.0 - 2.0 * std::cos(w)) / denominator))
            .epsilon(0.01));
  x = sine(20.0);
  train::high_pass(x, 20.0, kRateHz);
  CHECK(level_db(x) == doctest::Approx(-6.02).epsilon(0.03));
}

TEST_CASE("a release falls by 60 dB in its time") {
  std::vector<float> x(kRateHz, 1.0F);
  train::release(x, 0.25, 0.5, kRateHz);
  CHECK(x[kRateHz / 4 - 1] == 1.0F);
  CHECK(x[kRateHz / 2] == doctest::Approx(std::pow(10.0, -1.5)).epsilon(0.01));  // half of the way
  CHECK(x[kRateHz * 3 / 4] == doctest::Approx(1e-3).epsilon(0.01));
  x.assign(100, 1.0F);
  train::release(x, 2.0, 0.5, kRateHz);  // begins after the end
  CHECK(x.back() == 1.0F);
}

TEST_CASE("a room follows a click for its decay, at its level") {
  std::mt19937_64 random(3);
  std::vector<float> x(2 * kRateHz, 0.0F);
  x[0] = 1.0F;
  train::add_room(x, random, 1.0, 0.1, kRateHz);
  CHECK(x[0] == 1.0F);
  for (std::size_t i = 1; i < kRateHz * 3 / 100; ++i) CHECK(x[i] == 0.0F);
  std::vector<float> early(x.begin() + 1, x.begin() + kRateHz / 5);
  const std::vector<float> late(x.begin() + kRateHz, x.begin() + kRateHz * 6 / 5);
  const std::vector<float> all(x.begin() + 1, x.end());
  CHECK(train::power(all) * static_cast<double>(all.size()) == doctest::Approx(0.01).epsilon(0.01));
  CHECK(level_db(early) - level_db(late) == doctest::Approx(60.0).epsilon(0.1));
  std::vector<float> silent(1000, 0.0F);
  train::add_room(silent, random, 1.0, 0.1, kRateHz);
  CHECK(train::peak(silent) == 0.0F);
}
