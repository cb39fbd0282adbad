// A part of a step's batch, and the random numbers of its examples.
//
// What is drawn for an example depends on the seed, the step and its place in the batch alone, never on who
// works on it: a batch is the same whether one thread has it or several machines share it.
#pragma once

#include <cstdint>
#include <random>

namespace ictus::train {

struct Share {
  std::uint64_t seed = 1;
  std::int64_t step = 0;  ///< of the training, from 0
  double progress = 0.0;  ///< 0..1, of the training
  int batch = 1;          ///< examples of the whole batch
  int first = 0;          ///< the first of this share, a place in the batch
  int count = 1;          ///< how many follow each other from there on

  /// The `number`th of `parts` parts of this share, whose sizes differ by 1 at most.
  [[nodiscard]] Share part(int number, int parts) const;

  /// For the example at `place`, which is taken around the batch: -1 is the last place.
  [[nodiscard]] std::mt19937_64 random_at(int place) const;
  /// For what all examples of the step have in common.
  [[nodiscard]] std::mt19937_64 random_of_step() const;
  /// For what follows the step.
  [[nodiscard]] std::mt19937_64 random_after_step() const;
};

}  // namespace ictus::train
