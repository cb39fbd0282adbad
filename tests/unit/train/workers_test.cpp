#include "lib/core/workers.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>
#include <string>

using ictus::run_workers;

TEST_CASE("every worker runs once, and there is at least one") {
  for (const std::size_t workers : {0UL, 1UL, 2UL, 5UL}) {
    std::vector<std::atomic<int>> runs(workers > 0 ? workers : 1);
    run_workers(workers, [&](std::size_t worker) { ++runs.at(worker); });
    for (const std::atomic<int>& count : runs) CHECK(count == 1);
  }
}

TEST_CASE("a worker's failure reaches the caller, after all have ended") {
  std::atomic<int> ended{0};
  const auto work = [&](std::size_t worker) {
    ++ended;
    if (worker > 0) throw std::runtime_error(std::to_string(worker));
  };
  CHECK_THROWS_WITH(run_workers(3, work), "1");
  CHECK(ended == 3);
}
