// What encoding and decoding have in common: many jobs, and a line for each that is done.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "apps/cli/jobs.hpp"
#include "apps/cli/reporter.hpp"
#include "apps/cli/streams.hpp"
#include "apps/cli/text.hpp"
#include "apps/options/options.hpp"
#include "lib/core/error.hpp"

namespace ictus::cli {

/// What is told of a job that made an output.
struct Coded {
  double duration_s = 0.0;
  Counts counts;                   ///< of what the stream holds
  std::uint64_t stream_bytes = 0;  ///< of the stream, whichever side it is on
  std::vector<std::string> warnings;
  /// The output is sound as far as it goes, but the input was cut short or is damaged.
  std::optional<DamagedInput> damage;
};

/// Says from time to time how far one job is.
class JobProgress {
 public:
  JobProgress(Reporter& reporter, std::size_t task, std::string name);
  JobProgress(const JobProgress&) = delete;
  JobProgress& operator=(const JobProgress&) = delete;
  ~JobProgress();
  /// `part` is how much of the work is done, 0 to 1, where that is known.
  void update(double seconds_done, std::optional<double> part);

 private:
  Reporter& reporter_;
  std::size_t task_;
  std::string name_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

class RunRecord;

using CodeJob = std::function<Coded(const Job& job, JobProgress& progress)>;

/// Checks each job, codes it and tells the result; what `record` says is done already is passed over, and
/// what is done is kept in it. Returns the exit status.
int run_coding(const std::vector<Job>& jobs, bool replace, int threads, const options::TalkOptions& talk,
               const Streams& streams, const CodeJob& code, RunRecord* record = nullptr);

}  // namespace ictus::cli
