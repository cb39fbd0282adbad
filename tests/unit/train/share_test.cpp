#include "lib/train/share.hpp"

#include <doctest/doctest.h>

#include <set>

using ictus::train::Share;

TEST_CASE("the parts of a share follow each other, and are as large as each other but for one") {
  const Share batch{.batch = 8, .count = 8};
  for (int ranks = 1; ranks <= 8; ++ranks)
    for (int workers = 1; workers <= 3; ++workers) {
      int next = 0;
      for (int rank = 0; rank < ranks; ++rank) {
        const Share own = batch.part(rank, ranks);
        CHECK(own.count >= 8 / ranks);
        CHECK(own.count <= (8 + ranks - 1) / ranks);
        for (int worker = 0; worker < workers; ++worker) {
          const Share part = own.part(worker, workers);
          CHECK(part.first == next);
          CHECK(part.batch == 8);
          next += part.count;
        }
      }
      CHECK(next == 8);
    }
}

TEST_CASE("an example's random numbers are its own, whoever has it") {
  const Share batch{.seed = 3, .step = 5, .batch = 4, .count = 4};
  const Share part = batch.part(1, 3);
  std::set<std::uint64_t> seen;
  for (int place = 0; place < 4; ++place) {
    CHECK(batch.random_at(place)() == part.random_at(place)());
    seen.insert(batch.random_at(place)());
  }
  CHECK(batch.random_at(-1)() == batch.random_at(3)());
  CHECK(batch.random_of_step()() == part.random_of_step()());
  seen.insert(batch.random_of_step()());
  seen.insert(batch.random_after_step()());
  // Of another step or seed they are others, in the upper halves of their numbers too.
  Share other = batch;
  other.step += std::int64_t{1} << 32U;
  seen.insert(other.random_at(0)());
  other = batch;
  other.seed += std::uint64_t{1} << 32U;
  seen.insert(other.random_at(0)());
  CHECK(seen.size() == 8);
}
