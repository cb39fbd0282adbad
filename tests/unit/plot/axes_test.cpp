#include "lib/plot/axes.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace ictus::plot;

namespace {

std::vector<std::string> labels(const std::vector<Tick>& ticks) {
  std::vector<std::string> result;
  for (const Tick& tick : ticks) result.push_back(tick.label);
  return result;
}

}  // namespace

TEST_CASE("ticks: round numbers, no more than asked for") {
  CHECK(labels(ticks(0.0, 10.0, 5)) == std::vector<std::string>{"0", "2", "4", "6", "8", "10"});
  CHECK(labels(ticks(0.0, 9.3, 10)) ==
        std::vector<std::string>{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"});
  CHECK(labels(ticks(0.0, 0.3, 6)) ==
        std::vector<std::string>{"0", "0.05", "0.1", "0.15", "0.2", "0.25", "0.3"});
  CHECK(labels(ticks(-0.4, 1.1, 3)) == std::vector<std::string>{"0", "0.5", "1"});
  CHECK(labels(ticks(0.0, 3600.0, 8)) ==
        std::vector<std::string>{"0", "500", "1000", "1500", "2000", "2500", "3000", "3500"});
}

TEST_CASE("frequency ticks: decades alone where there is no room") {
  CHECK(labels(frequency_ticks(40.0, 11025.0, 10)) ==
        std::vector<std::string>{"50", "100", "200", "500", "1k", "2k", "5k", "10k"});
  CHECK(labels(frequency_ticks(40.0, 11025.0, 4)) == std::vector<std::string>{"100", "1k", "10k"});
  CHECK(labels(frequency_ticks(150.0, 900.0, 1)) == std::vector<std::string>{"200", "500"});
}
