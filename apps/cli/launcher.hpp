// What Slurm and MPI tell a process that they started, in its environment.
#pragma once

#include <optional>
#include <string>
#include <utility>

namespace ictus::cli {

class Launcher {
 public:
  /// One of several processes that were started together.
  struct Task {
    int number = 0;  ///< from 0
    int count = 1;
  };

  /// What is thrown begins with `asking`, such as "--shard auto: ", and says `remedy`.
  Launcher(std::string asking, std::string remedy) : for_(std::move(asking)), remedy_(std::move(remedy)) {}

  /// Nothing where the variable is not there or empty.
  [[nodiscard]] static std::optional<std::string> text_in(const char* variable);
  /// A whole number, not negative. Throws options::UsageError where it is none.
  [[nodiscard]] std::optional<int> number_in(const char* variable) const;
  /// What two variables say; nothing unless both are there. Throws options::UsageError where the number is
  /// not below the count.
  [[nodiscard]] std::optional<Task> task_in(const char* number_variable, const char* count_variable) const;
  /// Of a step that srun began; a batch script itself is no task of it.
  [[nodiscard]] std::optional<Task> slurm_step() const;
  /// Of Open MPI, or of MPICH and its kin.
  [[nodiscard]] std::optional<Task> mpi() const;

 private:
  std::string for_, remedy_;
};

}  // namespace ictus::cli
