// Many inputs, each with its output: named, checked, worked through, and what failed named again.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "apps/cli/names.hpp"
#include "apps/cli/reporter.hpp"
#include "apps/cli/streams.hpp"
#include "apps/options/options.hpp"
#include "lib/core/error.hpp"

namespace ictus::cli {

struct Job {
  std::string input;   ///< a path, or "-"
  std::string output;  ///< a path, or "-"
};

/// What outputs are called after their inputs, where they have no name of their own.
struct Naming {
  InputKind inputs;
  std::string suffix;  ///< of the outputs: ".evs"
};

/// Whether an output of this name is a folder to put files into: it ends in '/', or there is such a folder.
[[nodiscard]] bool is_folder(const std::string& path);

/// Throws options::UsageError when data cannot go to standard output: --json goes there, or it is a terminal.
void check_standard_output(const options::TalkOptions& talk, const Streams& streams);

/// Pairs each input with its output. Every name of standard input or output is "-" from here on.
/// Throws options::UsageError when the words on the command line do not go together.
[[nodiscard]] std::vector<Job> plan_jobs(const std::vector<std::string>& inputs,
                                         const options::OutputOptions& output,
                                         const options::TalkOptions& talk, const Naming& naming,
                                         const Streams& streams);

/// The inputs of a command without outputs. Nothing is standard input, which must not be a terminal. Throws
/// options::UsageError for what can be read only once and is named twice.
[[nodiscard]] std::vector<std::string> plan_inputs(const std::vector<std::string>& inputs,
                                                   const Streams& streams);

/// Throws ictus::Error when the job cannot be done: no such input, an output that exists or has no
/// folder, both the same file. Costs nothing, so that it can be asked before anything is loaded.
void check_job(const Job& job, bool replace, const Streams& streams);

/// How many of `threads` (0: one per processor core) each of so many tasks has for itself: as many as are
/// left over where tasks are few.
[[nodiscard]] int threads_of_task(int threads, std::size_t tasks);

/// Works through tasks 0 to `count`-1, up to `threads` at a time (0: one per processor core). `work` throws
/// ictus::Error for an input that failed, or DamagedInput when part of it was used. Errors are reported
/// as they happen, and if there are several inputs those that failed are named again at the end.
/// Returns the exit status.
int run_tasks(const std::vector<std::string>& names, int threads, Reporter& reporter,
              const std::function<void(std::size_t)>& work);

}  // namespace ictus::cli
