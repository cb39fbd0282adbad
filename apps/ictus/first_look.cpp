#include "apps/ictus/first_look.hpp"

#include <algorithm>

#include "apps/cli/reporter.hpp"
#include "apps/cli/stream_input.hpp"
#include "apps/cli/text.hpp"
#include "lib/core/error.hpp"

namespace ictus::front {
namespace {

bool can_begin(const cli::Job& job, bool replace, const cli::Streams& streams) {
  try {
    cli::check_job(job, replace, streams);
    return true;
  } catch (const Error&) {
    return false;  // said by whoever does the job
  }
}

}  // namespace

bool any_can_begin(const std::vector<cli::Job>& jobs, bool replace, const cli::Streams& streams) {
  return std::any_of(jobs.begin(), jobs.end(),
                     [&](const cli::Job& job) { return can_begin(job, replace, streams); });
}

int refuse_all(const std::vector<cli::Job>& jobs, bool replace, const cli::Streams& streams) {
  std::vector<std::string> names;
  for (const cli::Job& job : jobs) names.push_back(cli::display_name(job.input));
  cli::Reporter reporter(streams);
  return cli::run_tasks(names, 1, reporter, [&](std::size_t task) {
    cli::check_job(jobs[task], replace, streams);
    const cli::StreamInput input(jobs[task].input, streams);
    throw Error(input.name() + ": changed while it was looked at", "try it again");
  });
}

}  // namespace ictus::front
