#include "apps/cli/shard.hpp"

#include <fmt/format.h>

#include <optional>

#include "apps/cli/launcher.hpp"
#include "apps/options/parse.hpp"

namespace ictus::cli {
namespace {

using options::Shard;
using options::UsageError;

constexpr const char* kRemedy = "Say which part it is: --shard I/N.";

/// A job array whose numbers are equally far apart. Of one with gaps, such as the tasks that are tried again,
/// nobody can tell which parts the others have.
std::optional<Shard> array_task(const Launcher& launcher) {
  const auto task = launcher.number_in("SLURM_ARRAY_TASK_ID");
  const auto count = launcher.number_in("SLURM_ARRAY_TASK_COUNT");
  if (!task || !count) return std::nullopt;
  const int first = launcher.number_in("SLURM_ARRAY_TASK_MIN").value_or(0);
  const int last = launcher.number_in("SLURM_ARRAY_TASK_MAX").value_or(first + *count - 1);
  const int step = *count > 1 ? (last - first) / (*count - 1) : 1;
  const bool is_even = step > 0 && first + step * (*count - 1) == last && (*task - first) % step == 0;
  if (!is_even || *task < first || *task > last) {
    throw UsageError(fmt::format("--shard auto: task {} is one of {} from {} to {}, which have gaps", *task,
                                 *count, first, last),
                     kRemedy);
  }
  return Shard{.number = (*task - first) / step + 1, .count = *count};
}

/// Numbered from 1, as parts of inputs are.
std::optional<Shard> shard_of(const std::optional<Launcher::Task>& task) {
  if (!task) return std::nullopt;
  return Shard{.number = task->number + 1, .count = task->count};
}

}  // namespace

Shard known_shard(const Shard& asked) {
  if (asked.number > 0) return asked;
  const Launcher launcher("--shard auto: ", kRemedy);
  const auto array = array_task(launcher);
  auto rank = shard_of(launcher.mpi());
  if (!rank) rank = shard_of(launcher.slurm_step());
  if (!array && !rank) {
    throw UsageError("--shard auto: neither Slurm nor MPI says which part this is",
                     "Start it by srun or mpirun or in a job array, or say it: --shard I/N.");
  }
  const Shard outer = array.value_or(Shard{});
  const Shard inner = rank.value_or(Shard{});
  return {.number = (outer.number - 1) * inner.count + inner.number, .count = outer.count * inner.count};
}

std::vector<Job> jobs_of(const std::vector<Job>& all, const Shard& asked) {
  const Shard shard = known_shard(asked);
  std::vector<Job> own;
  for (std::size_t i = static_cast<std::size_t>(shard.number) - 1; i < all.size();
       i += static_cast<std::size_t>(shard.count))
    own.push_back(all[i]);
  return own;
}

}  // namespace ictus::cli
