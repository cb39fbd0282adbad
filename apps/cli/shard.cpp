#include "apps/cli/shard.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "apps/options/parse.hpp"

namespace ictus::cli {
namespace {

using options::Shard;
using options::UsageError;

constexpr const char* kRemedy = "Say which part it is: --shard I/N.";

/// A whole number, not negative; nothing where the variable is not there.
std::optional<int> number_in(const char* variable) {
  const char* const text = std::getenv(variable);
  if (text == nullptr || *text == '\0') return std::nullopt;
  const std::string_view digits = text;
  int number = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (failure != std::errc{} || end != digits.data() + digits.size() || number < 0)
    throw UsageError(fmt::format("--shard auto: {} is '{}', which is no whole number", variable, digits),
                     kRemedy);
  return number;
}

/// What two variables say: a number from 0 on, and how many there are.
std::optional<Shard> rank_in(const char* rank_variable, const char* count_variable) {
  const auto rank = number_in(rank_variable);
  const auto count = number_in(count_variable);
  if (!rank || !count) return std::nullopt;
  if (*rank >= *count) {
    throw UsageError(
        fmt::format("--shard auto: {} is {}, and {} is {}", rank_variable, *rank, count_variable, *count),
        kRemedy);
  }
  return Shard{.number = *rank + 1, .count = *count};
}

/// A job array whose numbers are equally far apart. Of one with gaps, such as the tasks that are tried again,
/// nobody can tell which parts the others have.
std::optional<Shard> array_task() {
  const auto task = number_in("SLURM_ARRAY_TASK_ID");
  const auto count = number_in("SLURM_ARRAY_TASK_COUNT");
  if (!task || !count) return std::nullopt;
  const int first = number_in("SLURM_ARRAY_TASK_MIN").value_or(0);
  const int last = number_in("SLURM_ARRAY_TASK_MAX").value_or(first + *count - 1);
  const int step = *count > 1 ? (last - first) / (*count - 1) : 1;
  const bool is_even = step > 0 && first + step * (*count - 1) == last && (*task - first) % step == 0;
  if (!is_even || *task < first || *task > last) {
    throw UsageError(fmt::format("--shard auto: task {} is one of {} from {} to {}, which have gaps", *task,
                                 *count, first, last),
                     kRemedy);
  }
  return Shard{.number = (*task - first) / step + 1, .count = *count};
}

/// Of a step that srun began; a batch script itself is no task of it.
std::optional<Shard> step_task() {
  if (std::getenv("SLURM_STEP_ID") == nullptr) return std::nullopt;
  // srun says how many the step has; SLURM_NTASKS may be of the whole job.
  return number_in("SLURM_STEP_NUM_TASKS") ? rank_in("SLURM_PROCID", "SLURM_STEP_NUM_TASKS")
                                           : rank_in("SLURM_PROCID", "SLURM_NTASKS");
}

std::optional<Shard> mpi_rank() {
  if (const auto open_mpi = rank_in("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE")) return open_mpi;
  return rank_in("PMI_RANK", "PMI_SIZE");  // MPICH and its kin
}

}  // namespace

Shard known_shard(const Shard& asked) {
  if (asked.number > 0) return asked;
  const auto array = array_task();
  auto rank = mpi_rank();
  if (!rank) rank = step_task();
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
