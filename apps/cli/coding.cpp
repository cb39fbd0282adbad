#include "apps/cli/coding.hpp"

#include <fmt/format.h>

#include <atomic>
#include <mutex>
#include <nlohmann/json.hpp>
#include <utility>

#include "apps/cli/run_record.hpp"
#include "apps/cli/text_output.hpp"

namespace ictus::cli {
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;

/// Grows when the meaning of a field changes; new fields do not change it.
constexpr int kSchema = 1;

double seconds_since(Clock::time_point began) {
  return std::chrono::duration<double>(Clock::now() - began).count();
}

double bitrate_bps(const Coded& coded) {
  return coded.duration_s > 0.0 ? 8.0 * static_cast<double>(coded.stream_bytes) / coded.duration_s : 0.0;
}

std::string result_line(const Job& job, const Coded& coded, double elapsed_s) {
  return fmt::format("{} -> {}: {:.1f} s, {}, {}, {:.1f}x real time", display_name(job.input),
                     display_output_name(job.output), coded.duration_s, counted(coded.counts),
                     bitrate_text(bitrate_bps(coded)), coded.duration_s / elapsed_s);
}

/// Some sentences have the input's name in them already, as errors have it.
std::string with_name(const std::string& warning, const std::string& input) {
  const bool has_name = input == kStandardStream ? warning.starts_with(display_name(input))
                                                 : warning.find("'" + input + "'") != std::string::npos;
  return has_name ? harmless(warning) : display_name(input) + ": " + harmless(warning);
}

Json job_json(const Job& job, const char* status) {
  Json json;
  json["schema"] = kSchema;
  json["input"] = job.input;
  json["output"] = job.output;
  json["status"] = status;
  return json;
}

Json stream_json(const Job& job, const Coded& coded) {
  Json json = job_json(job, coded.damage ? "damaged" : "done");
  json["duration_s"] = coded.duration_s;
  for (const auto& [noun, count] : coded.counts) json[fmt::format("{}s", noun)] = count;
  json["stream_bytes"] = coded.stream_bytes;
  json["bitrate_bps"] = bitrate_bps(coded);
  return json;
}

Json result_json(const Job& job, const Coded& coded, double elapsed_s) {
  Json json = stream_json(job, coded);
  json["elapsed_s"] = elapsed_s;
  json["speed"] = coded.duration_s / elapsed_s;
  json["warnings"] = coded.warnings;
  if (coded.damage) json["error"] = coded.damage->what();
  return json;
}

std::string line_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

/// Tells results on stderr in words, or on stdout as lines of JSON, and keeps them where a record is kept.
class ResultTeller {
 public:
  ResultTeller(const options::TalkOptions& talk, const Streams& streams, Reporter& reporter,
               RunRecord* record)
      : json_(talk.json),
        out_fd_(streams.out),
        reporter_(reporter),
        record_(record != nullptr && record->has_manifest() ? record : nullptr) {}

  void tell(const Job& job, const Coded& coded, double elapsed_s) {
    for (const std::string& warning : coded.warnings) reporter_.warning(with_name(warning, job.input));
    const Json result = result_json(job, coded, elapsed_s);
    if (record_ != nullptr) record_->keep(line_of(result));
    if (json_) {
      print(result);
    } else {
      reporter_.say(result_line(job, coded, elapsed_s));
    }
  }

  /// Of a job that is passed over. The manifest is to tell of every output, also of one after which its
  /// worker was stopped before it could say so.
  void tell_earlier(const Job& job, const RunRecord::Earlier& earlier) {
    if (record_ != nullptr && !earlier.is_in_manifest) {
      Json found = stream_json(job, earlier.coded);
      found["found"] = true;
      record_->keep(line_of(found));
    }
    if (!json_) return;
    Json json = job_json(job, "skipped");
    json["stream_bytes"] = earlier.coded.stream_bytes;
    if (earlier.coded.damage) json["error"] = earlier.coded.damage->what();
    print(json);
  }

  void tell_failure(const Job& job, const Error& error) {
    Json json = job_json(job, "failed");
    json["error"] = error.what();
    if (record_ != nullptr) record_->keep(line_of(json));
    if (json_) print(json);
  }

 private:
  void print(const Json& json) {
    const std::lock_guard lock(mutex_);
    TextOutput out(out_fd_);
    out.print(line_of(json));
    out.flush();
  }

  bool json_;
  int out_fd_;
  Reporter& reporter_;
  RunRecord* record_;  ///< null where nothing is kept
  std::mutex mutex_;
};

}  // namespace

JobProgress::JobProgress(Reporter& reporter, std::size_t task, std::string name)
    : reporter_(reporter), task_(task), name_(std::move(name)) {}

JobProgress::~JobProgress() { reporter_.end_progress(task_); }

void JobProgress::update(double seconds_done, std::optional<double> part) {
  if (!reporter_.draws_progress()) return;
  const std::string amount =
      part ? fmt::format("{:.0f} %", 100.0 * *part) : fmt::format("{:.1f} s", seconds_done);
  reporter_.progress(
      task_, fmt::format("{}: {}, {:.1f}x real time", name_, amount, seconds_done / seconds_since(began_)));
}

int run_coding(const std::vector<Job>& jobs, bool replace, int threads, const options::TalkOptions& talk,
               const Streams& streams, const CodeJob& code, RunRecord* record) {
  Reporter reporter(streams, talk.quiet, talk.progress);
  ResultTeller teller(talk, streams, reporter, record);
  std::atomic<std::size_t> passed_over{0};
  std::vector<std::string> names;
  for (const Job& job : jobs) names.push_back(display_name(job.input));
  const int status = run_tasks(names, threads, reporter, [&](std::size_t task) {
    const Job& job = jobs[task];
    const auto began = Clock::now();
    std::optional<DamagedInput> damage;
    try {
      if (const auto earlier = record != nullptr ? record->earlier(job) : std::nullopt) {
        ++passed_over;
        teller.tell_earlier(job, *earlier);
        damage = earlier->coded.damage;
      } else {
        check_job(job, replace, streams);
        JobProgress progress(reporter, task, names[task]);
        const Coded coded = code(job, progress);
        teller.tell(job, coded, seconds_since(began));
        damage = coded.damage;
      }
    } catch (const Error& error) {
      teller.tell_failure(job, error);
      throw;
    }
    if (damage) throw *damage;
  });
  if (passed_over > 0 && !talk.json) {
    reporter.say(fmt::format("{} of {} inputs {} done before", passed_over.load(), jobs.size(),
                             passed_over == 1 ? "was" : "were"));
  }
  return status;
}

}  // namespace ictus::cli
