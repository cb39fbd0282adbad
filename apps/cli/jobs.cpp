#include "apps/cli/jobs.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <filesystem>
#include <map>
#include <mutex>
#include <new>
#include <thread>

#include "apps/cli/command.hpp"
#include "apps/cli/descriptor.hpp"
#include "apps/cli/output_file.hpp"
#include "apps/cli/text.hpp"
#include "apps/options/parse.hpp"
#include "lib/core/path.hpp"

namespace ictus::cli {
namespace {

namespace fs = std::filesystem;
using options::UsageError;

[[noreturn]] void refuse_nameless(const std::string& input) {
  throw UsageError(display_name(input) + " has no name to be filed under", "Name a file with -o.");
}

std::string output_for(const std::string& input, const std::optional<std::string>& wanted,
                       const Naming& naming) {
  if (wanted && !is_folder(*wanted)) return output_name(*wanted);
  if (input == kStandardStream && !wanted) return kStandardStream;
  if (!has_own_name(input)) refuse_nameless(input);
  const std::string own = with_suffix(input, naming.inputs, naming.suffix);
  return wanted ? (fs::path(*wanted) / fs::path(own).filename()).string() : own;
}

/// One text for all names of a file, whether it is there or not.
std::string identity_of(const std::string& output) {
  std::error_code failure;
  const fs::path end = end_of_links(output);
  const fs::path folder = fs::canonical(folder_of(end.string()), failure);
  return failure ? end.lexically_normal().string() : (folder / end.filename()).string();
}

void refuse_shared_outputs(const std::vector<Job>& jobs) {
  std::map<std::string, std::string> input_of;
  for (const Job& job : jobs) {
    const auto [other, is_new] = input_of.emplace(identity_of(job.output), job.input);
    if (!is_new) {
      throw UsageError(fmt::format("{} and {} would both become {}", display_name(other->second),
                                   display_name(job.input), display_output_name(job.output)));
    }
  }
}

/// The descriptor that an input is read from, if it is open already.
std::optional<int> open_descriptor(const std::string& input, const Streams& streams) {
  return input == kStandardStream ? streams.in : descriptor_named(input);
}

/// Its number would soon be that of some other file.
[[noreturn]] void refuse_closed_descriptor(const std::string& name) {
  throw UsageError(name + ": no such descriptor is open", "Give a number that was opened for ictus.");
}

/// What comes from a descriptor is gone once it has been read, and so is what comes through a pipe, whatever
/// the number by which it is read.
void refuse_shared_descriptors(const std::vector<std::string>& inputs, const Streams& streams) {
  struct Opened {
    std::string input;
    int fd;
    struct stat status;
  };
  std::vector<Opened> all;
  for (const std::string& input : inputs) {
    const auto fd = open_descriptor(input, streams);
    if (!fd) continue;
    Opened one{input, *fd, {}};
    if (::fstat(*fd, &one.status) != 0) refuse_closed_descriptor(display_name(input));
    const bool is_stream = S_ISFIFO(one.status.st_mode) || S_ISSOCK(one.status.st_mode);
    for (const Opened& other : all) {
      const bool is_same_stream =
          is_stream && one.status.st_dev == other.status.st_dev && one.status.st_ino == other.status.st_ino;
      if (one.fd != other.fd && !is_same_stream) continue;
      if (input == kStandardStream && other.input == kStandardStream) {
        throw UsageError("standard input can be read only once", "Give '-' once.");
      }
      throw UsageError(fmt::format("{} and {} are the same, which can be read only once",
                                   display_name(other.input), display_name(input)),
                       "Give it once.");
    }
    all.push_back(std::move(one));
  }
}

/// Whether both are one regular file, by whatever names.
bool is_same_file(const struct stat& a, const struct stat& b) {
  return S_ISREG(a.st_mode) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/// The failures so far, in the order of the inputs.
class FailureList {
 public:
  FailureList(const std::vector<std::string>& names, Reporter& reporter)
      : names_(names), reporter_(reporter) {}

  void add(std::size_t task, const std::string& message, const std::string& hint) {
    reporter_.error(message, hint);
    const std::lock_guard lock(mutex_);
    failed_[task] = message;
  }

  /// Returns the exit status.
  int summarise() {
    if (failed_.empty()) return kDone;
    if (names_.size() > 1) {
      std::string list;
      for (const auto& [task, message] : failed_) list += (list.empty() ? "" : "\n  ") + names_[task];
      reporter_.error(fmt::format("{} of {} inputs failed or are damaged:", failed_.size(), names_.size()),
                      list);
    }
    return kInputFailed;
  }

 private:
  const std::vector<std::string>& names_;
  Reporter& reporter_;
  std::mutex mutex_;
  std::map<std::size_t, std::string> failed_;
};

}  // namespace

bool is_folder(const std::string& path) {
  std::error_code failure;
  return path.ends_with('/') || fs::is_directory(path, failure);
}

void check_standard_output(const options::TalkOptions& talk, const Streams& streams) {
  if (talk.json) {
    throw UsageError("--json and the data cannot both go to standard output", "Name a file with -o.");
  }
  if (::isatty(streams.out) == 1) {
    throw UsageError("the output is binary and is not written to a terminal",
                     "Name a file with -o, or send standard output to a file or a program.");
  }
}

std::vector<std::string> plan_inputs(const std::vector<std::string>& inputs, const Streams& streams) {
  std::vector<std::string> planned;
  for (const std::string& input : inputs) planned.push_back(input_name(input));
  if (planned.empty()) planned.emplace_back(kStandardStream);
  refuse_shared_descriptors(planned, streams);
  const bool reads_stdin = std::find(planned.begin(), planned.end(), kStandardStream) != planned.end();
  if (reads_stdin && ::isatty(streams.in) == 1) {
    throw UsageError("no input was named, and standard input is a terminal", "Name a file, or send one in.");
  }
  return planned;
}

std::vector<Job> plan_jobs(const std::vector<std::string>& inputs, const options::OutputOptions& output,
                           const options::TalkOptions& talk, const Naming& naming, const Streams& streams) {
  const std::vector<std::string> planned = plan_inputs(inputs, streams);
  if (planned.size() > 1 && output.path && !is_folder(*output.path)) {
    throw UsageError(fmt::format("{} inputs do not fit into one output, {}", planned.size(),
                                 display_output_name(*output.path)),
                     "Name an existing folder: -o DIR/.");
  }
  std::vector<Job> jobs;
  for (const std::string& input : planned) jobs.push_back({input, output_for(input, output.path, naming)});
  refuse_shared_outputs(jobs);
  for (const Job& job : jobs) {
    const auto descriptor = descriptor_named(job.output);
    if (descriptor && ::fcntl(*descriptor, F_GETFD) < 0)
      refuse_closed_descriptor(display_output_name(job.output));
  }
  const bool uses_standard_output =
      std::any_of(jobs.begin(), jobs.end(), [](const Job& job) { return job.output == kStandardStream; });
  if (uses_standard_output) check_standard_output(talk, streams);
  return jobs;
}

void check_job(const Job& job, bool replace, const Streams& streams) {
  const std::string name = display_name(job.input);
  const auto descriptor = open_descriptor(job.input, streams);
  struct stat input {};
  if ((descriptor ? ::fstat(*descriptor, &input) : ::stat(job.input.c_str(), &input)) != 0) {
    throw Error(fmt::format("{}: cannot be opened ({})", name, reason(errno)));
  }
  if (S_ISDIR(input.st_mode)) throw Error(name + ": is a folder, not a file");
  if (!descriptor && ::access(job.input.c_str(), R_OK) != 0) {
    throw Error(fmt::format("{}: cannot be opened ({})", name, reason(errno)));
  }
  struct stat output {};
  const bool has_output = (job.output == kStandardStream ? ::fstat(streams.out, &output)
                                                         : ::stat(job.output.c_str(), &output)) == 0;
  if (has_output && is_same_file(input, output)) {
    throw Error(fmt::format("{}: is both input and output", name), "give the output another name");
  }
  check_output(job.output, replace);
}

int worker_count(int threads, std::size_t tasks) {
  const unsigned wanted =
      threads > 0 ? static_cast<unsigned>(threads) : std::max(1U, std::thread::hardware_concurrency());
  return static_cast<int>(std::min<std::size_t>(wanted, tasks));
}

int threads_of_task(int threads, std::size_t tasks) {
  constexpr std::size_t kMany = 1024;
  return worker_count(threads, kMany) / std::max(worker_count(threads, tasks), 1);
}

int run_tasks(const std::vector<std::string>& names, int threads, Reporter& reporter,
              const std::function<void(std::size_t)>& work) {
  FailureList failures(names, reporter);
  std::atomic<std::size_t> next{0};
  const auto worker = [&] {
    for (std::size_t task = next++; task < names.size(); task = next++) {
      try {
        work(task);
      } catch (const Error& error) {
        failures.add(task, sentence(error, names[task]), harmless(error.hint()));
      } catch (const std::bad_alloc&) {
        failures.add(task, names[task] + ": there is not enough memory", {});
      } catch (const std::exception& error) {
        failures.add(task, names[task] + ": " + harmless(error.what()), {});
      }
    }
  };
  std::vector<std::thread> others;
  for (int i = 1; i < worker_count(threads, names.size()); ++i) others.emplace_back(worker);
  worker();
  for (std::thread& other : others) other.join();
  return failures.summarise();
}

}  // namespace ictus::cli
