#include "lib/analysis/timbre_training.hpp"

#include <doctest/doctest.h>

#include <array>
#include <vector>

#include "lib/analysis/explain.hpp"
#include "signals.hpp"

using namespace ictus::analysis;

namespace {

std::vector<TimbreClip> clips() {
  std::vector<TimbreClip> result;
  for (const double hz : {147.0, 220.0, 392.0, 880.0}) {
    for (const int partials : {2, 12}) {
      const Stretch stretch(tone(0.8, 0.1, partials, [&](double) { return hz; }));
      const std::array looks{Look{1, 30}};
      result.push_back({stretch.target.sound(), explain_freely(stretch, looks, false)});
    }
  }
  return result;
}

}  // namespace

TEST_CASE("training explains clips by 32 numbers an event about as well as they were explained freely") {
  const std::vector<TimbreClip> lessons = clips();
  auto network = first_network(lessons, 1);
  std::vector<TimbreProgress> told;
  train_timbre(network, lessons, {600, 1}, [&](const TimbreProgress& progress) { told.push_back(progress); });
  REQUIRE(told.size() > 2);
  CHECK(told.front().free_db == told.back().free_db);
  CHECK(told.back().network_db < told.front().network_db);
  CHECK(told.back().network_db < told.back().free_db + 1.0F);
  CHECK(told.back().quantised_db < told.back().network_db + 1.0F);

  auto again = first_network(lessons, 1);
  train_timbre(again, lessons, {600, 1}, [](const TimbreProgress&) {});
  CHECK(std::equal(again.weights().begin(), again.weights().end(), network.weights().begin()));
}
