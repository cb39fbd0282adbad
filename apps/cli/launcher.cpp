#include "apps/cli/launcher.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <string_view>

#include "apps/options/parse.hpp"

namespace ictus::cli {

using options::UsageError;

std::optional<std::string> Launcher::text_in(const char* variable) {
  const char* const text = std::getenv(variable);
  if (text == nullptr || *text == '\0') return std::nullopt;
  return text;
}

std::optional<int> Launcher::number_in(const char* variable) const {
  const auto digits = text_in(variable);
  if (!digits) return std::nullopt;
  int number = 0;
  const char* const last = digits->data() + digits->size();
  const auto [end, failure] = std::from_chars(digits->data(), last, number);
  if (failure != std::errc{} || end != last || number < 0)
    throw UsageError(fmt::format("{}{} is '{}', which is no whole number", for_, variable, *digits), remedy_);
  return number;
}

std::optional<Launcher::Task> Launcher::task_in(const char* number_variable,
                                                const char* count_variable) const {
  const auto number = number_in(number_variable);
  const auto count = number_in(count_variable);
  if (!number || !count) return std::nullopt;
  if (*number >= *count)
    throw UsageError(
        fmt::format("{}{} is {}, and {} is {}", for_, number_variable, *number, count_variable, *count),
        remedy_);
  return Task{.number = *number, .count = *count};
}

std::optional<Launcher::Task> Launcher::slurm_step() const {
  if (!text_in("SLURM_STEP_ID")) return std::nullopt;
  // srun says how many the step has; SLURM_NTASKS may be of the whole job.
  return task_in("SLURM_PROCID", text_in("SLURM_STEP_NUM_TASKS") ? "SLURM_STEP_NUM_TASKS" : "SLURM_NTASKS");
}

std::optional<Launcher::Task> Launcher::mpi() const {
  if (const auto open_mpi = task_in("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE")) return open_mpi;
  return task_in("PMI_RANK", "PMI_SIZE");  // MPICH and its kin
}

}  // namespace ictus::cli
