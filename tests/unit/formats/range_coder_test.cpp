#include "formats/range_coder.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

using namespace ictus::formats;

namespace {

/// A symbol and what was expected of it.
struct Step {
  std::vector<std::uint32_t> frequencies;
  unsigned symbol;
};

std::vector<std::uint8_t> packed(std::vector<Step> steps) {
  RangeEncoder encoder;
  for (Step& step : steps) encoder.code(step.frequencies, step.symbol);
  return encoder.finish();
}

double bits(std::vector<Step> steps) {
  BitCounter counter;
  for (Step& step : steps) counter.code(step.frequencies, step.symbol);
  return counter.bits();
}

/// Returns the size in bits.
double check_comes_back(const std::vector<Step>& steps) {
  const std::vector<std::uint8_t> bytes = packed(steps);
  RangeDecoder decoder(bytes);
  for (const Step& step : steps) {
    unsigned symbol = 1000;
    decoder.code(step.frequencies, symbol);
    REQUIRE(symbol == step.symbol);
  }
  CHECK(!decoder.has_more());
  // What is lost is less than a part in 500, and a byte at the end.
  const double size_bits = 8.0 * static_cast<double>(bytes.size());
  CHECK(size_bits <= 1.002 * bits(steps) + 9.0);
  return size_bits;
}

}  // namespace

TEST_CASE("range coder: random symbols of random frequencies come back, in the bits they are worth") {
  std::mt19937_64 random(1);
  double all_bits = 0.0;
  double all_worth_bits = 0.0;
  for (int round = 0; round < 300; ++round) {
    CAPTURE(round);
    std::vector<Step> steps(random() % 400);
    for (Step& step : steps) {
      step.frequencies.resize(1 + random() % (round % 3 == 0 ? 1276 : 5));
      const unsigned highest_bits = 1 + static_cast<unsigned>(random() % 7);
      for (std::uint32_t& frequency : step.frequencies)
        frequency = 1 + static_cast<std::uint32_t>(random() % (1U << highest_bits));
      step.symbol = static_cast<unsigned>(random() % step.frequencies.size());
    }
    all_bits += check_comes_back(steps);
    all_worth_bits += bits(steps);
  }
  // Bytes of 0 at the end, which cost nothing, are rare.
  CHECK(all_bits >= all_worth_bits);
}

TEST_CASE("range coder: symbols that are all but certain, and their opposites, come back") {
  for (const unsigned likely : {0U, 1U}) {
    for (const std::size_t count : {std::size_t{1}, std::size_t{1000}, std::size_t{100'000}}) {
      const std::vector<std::uint32_t> frequencies =
          likely == 0 ? std::vector<std::uint32_t>{262'000, 1} : std::vector<std::uint32_t>{1, 262'000};
      check_comes_back(std::vector<Step>(count, Step{frequencies, likely}));
      check_comes_back(std::vector<Step>(count, Step{frequencies, 1 - likely}));
    }
  }
}

TEST_CASE("range coder: a carry runs through bytes of FF") {
  // The upper of two even halves, again and again, keeps the range at the top of what it was; then one that
  // leaves room for a carry through all of it.
  for (std::size_t halves = 0; halves < 80; ++halves) {
    std::vector<Step> steps = {{{1, 1}, 0}};
    steps.resize(halves + 1, Step{{1, 1}, 1});
    for (unsigned symbol = 0; symbol < 3; ++symbol) {
      std::vector<Step> more = steps;
      more.resize(more.size() + 9, Step{{85, 86, 85}, symbol});
      check_comes_back(more);
    }
  }
}

TEST_CASE("range coder: nothing takes no bytes, and bytes that no symbol needs are seen") {
  CHECK(packed({}).empty());
  CHECK(packed(std::vector<Step>(40, Step{{1, 1}, 0})).empty());

  const std::vector<std::uint8_t> bytes = {1, 2, 3, 4, 5};
  RangeDecoder decoder(bytes);
  CHECK(decoder.has_more());
  unsigned symbol = 0;
  for (int k = 0; k < 12; ++k) decoder.code(std::vector<std::uint32_t>{1, 1}, symbol);
  CHECK(!decoder.has_more());
}

TEST_CASE("range coder: any bytes give symbols, for ever") {
  std::mt19937_64 random(2);
  const std::vector<std::uint32_t> frequencies = {3, 1, 7, 100, 1};
  for (int round = 0; round < 200; ++round) {
    std::vector<std::uint8_t> bytes(random() % 20);
    for (std::uint8_t& byte : bytes) byte = round % 2 == 0 ? 0xFF : static_cast<std::uint8_t>(random());
    RangeDecoder decoder(bytes);
    for (int k = 0; k < 1000; ++k) {
      unsigned symbol = 1000;
      decoder.code(frequencies, symbol);
      REQUIRE(symbol < frequencies.size());
    }
  }
}
