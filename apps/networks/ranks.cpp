#include "apps/networks/ranks.hpp"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>

#include "apps/cli/launcher.hpp"
#include "apps/options/parse.hpp"

namespace ictus::networks {
namespace {

using cli::Launcher;
using options::UsageError;
using Task = Launcher::Task;

constexpr const char* kRemedy =
    "Start all processes by torchrun, mpirun or srun, or give each RANK, WORLD_SIZE, MASTER_ADDR and "
    "MASTER_PORT.";

/// The first host of a list as Slurm writes it, such as "n[03-05,7],login".
std::string first_host(const std::string& hosts) {
  const std::size_t end = hosts.find_first_of(",[");
  std::string first = hosts.substr(0, end);
  if (end == std::string::npos || hosts[end] == ',') return first;
  return first + hosts.substr(end + 1, hosts.find_first_of("-,]", end) - end - 1);
}

/// Where the first process is, as far as who started this one says.
std::optional<std::string> told_address(const Launcher& launcher, bool by_mpi, int count) {
  if (const auto given = Launcher::text_in("MASTER_ADDR")) return given;
  if (by_mpi) {
    const bool one_machine = launcher.number_in("OMPI_COMM_WORLD_LOCAL_SIZE") == count;
    return one_machine ? std::optional<std::string>("127.0.0.1") : std::nullopt;
  }
  if (const auto hosts = Launcher::text_in("SLURM_STEP_NODELIST")) return first_host(*hosts);
  return std::nullopt;
}

/// torchrun may itself have been started by others, whose numbers are those of machines then.
void refuse_contradiction(const Task& own, const std::optional<Task>& theirs) {
  if (!theirs || Launcher::text_in("TORCHELASTIC_RUN_ID")) return;
  if (own.number != theirs->number || own.count != theirs->count)
    throw UsageError(
        fmt::format("RANK and WORLD_SIZE say {} of {}, and who started this process says {} of {}",
                    own.number, own.count, theirs->number, theirs->count),
        "Leave RANK and WORLD_SIZE to mpirun or srun.");
}

}  // namespace

train::Rank rank_in_environment() {
  const Launcher launcher("", kRemedy);
  for (const auto& [set, missing] : {std::pair("RANK", "WORLD_SIZE"), std::pair("WORLD_SIZE", "RANK")})
    if (Launcher::text_in(set) && !Launcher::text_in(missing))
      throw UsageError(fmt::format("{} is set, and {} is not", set, missing), kRemedy);
  const auto said = launcher.task_in("RANK", "WORLD_SIZE");
  const auto mpi = launcher.mpi();
  const auto started = mpi ? mpi : launcher.slurm_step();
  if (said) refuse_contradiction(*said, started);
  const auto task = said ? said : started;
  if (!task) {
    if (Launcher::text_in("MASTER_ADDR"))
      throw UsageError("MASTER_ADDR is set, and nothing says which of the processes this is", kRemedy);
    return {};
  }
  if (task->count == 1) return {};

  const auto address = told_address(launcher, !said && mpi, task->count);
  if (!address)
    throw UsageError(
        fmt::format("this is rank {} of {}, and MASTER_ADDR is not set", task->number, task->count),
        "It names the machine of rank 0, for all of them.");
  train::Rank rank;
  rank.number = task->number;
  rank.count = task->count;
  rank.address = *address;
  rank.port = launcher.number_in("MASTER_PORT").value_or(rank.port);
  if (rank.port < 1 || rank.port > 65535)
    throw UsageError(fmt::format("MASTER_PORT is {}, and ports are 1 to 65535", rank.port), kRemedy);
  for (const char* const variable : {"LOCAL_RANK", "OMPI_COMM_WORLD_LOCAL_RANK", "SLURM_LOCALID"})
    if (const auto number = launcher.number_in(variable)) {
      rank.on_machine = *number;
      break;
    }
  rank.interface = Launcher::text_in("GLOO_SOCKET_IFNAME").value_or("");
  return rank;
}

}  // namespace ictus::networks
