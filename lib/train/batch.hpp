// The gradients of a batch, which processes share, and the workers in each.
#pragma once

#include "lib/train/process_group.hpp"
#include "lib/train/task.hpp"

namespace ictus::train {

/// Each of up to `threads` workers in each process computes those of its share of `batch`. Gradients and
/// figures are the means over the batch's excerpts, tallies their sums; they do not depend on the number of
/// processes and workers, but for rounding, and are the same in all processes. Throws ictus::Error where a
/// process is lost.
[[nodiscard]] Gradients gradients_of_batch(Task& task, ProcessGroup& group, const Share& batch, int threads);

}  // namespace ictus::train
