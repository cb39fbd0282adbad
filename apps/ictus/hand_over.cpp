#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "apps/cli/command.hpp"
#include "apps/cli/descriptor.hpp"
#include "apps/cli/jobs.hpp"
#include "apps/cli/model_search.hpp"
#include "apps/cli/stream_input.hpp"
#include "apps/cli/text.hpp"
#include "apps/ictus/actions.hpp"
#include "apps/ictus/beginnings.hpp"
#include "lib/core/error.hpp"

namespace ictus::front {
namespace {

namespace fs = std::filesystem;

fs::path network_program() {
  const fs::path here = cli::program_folder();
  const fs::path places[] = {here / "ictus-nn", here / "../libexec/ictus/ictus-nn"};
  std::string tried;
  for (const fs::path& place : places) {
    if (::access(place.c_str(), X_OK) == 0) return place;
    tried += "\n    " + place.lexically_normal().string();
  }
  throw Error("ictus-nn, the part of ictus that runs networks, is missing",
              "install ictus again; these places were tried:" + tried);
}

/// Whether at least one of the jobs can be begun.
bool any_can_begin(const std::vector<cli::Job>& jobs, bool replace, cli::InputKind kind,
                   const cli::Streams& streams) {
  std::vector<std::string> inputs;
  for (const cli::Job& job : jobs) {
    try {
      cli::check_job(job, replace, streams);
      inputs.push_back(job.input);
    } catch (const Error&) {
      // Said by whoever does the job.
    }
  }
  if (kind != cli::InputKind::stream) return !inputs.empty();
  const std::vector<Beginning> beginnings = beginnings_of(inputs, streams);
  return std::any_of(beginnings.begin(), beginnings.end(),
                     [](Beginning beginning) { return beginning != Beginning::neither; });
}

/// Throws ictus::Error, since the job cannot be begun.
[[noreturn]] void refuse_job(const cli::Job& job, bool replace, const cli::Streams& streams) {
  cli::check_job(job, replace, streams);
  const cli::StreamInput input(job.input, streams);
  throw Error(input.name() + ": changed while it was looked at", "try it again");
}

}  // namespace

int hand_over(const std::vector<std::string>& words) {
  const std::string program = network_program().string();
  std::vector<std::string> arguments = {"ictus"};
  arguments.insert(arguments.end(), words.begin(), words.end());
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  ::execv(program.c_str(), pointers.data());
  throw Error(program + ": cannot be run (" + reason(errno) + ")", "install ictus again");
}

int hand_over_jobs(const std::vector<std::string>& words, const cli::Streams& streams,
                   const std::vector<std::string>& inputs, const options::OutputOptions& output,
                   const options::TalkOptions& talk, const cli::Naming& naming) {
  const std::vector<cli::Job> jobs = cli::plan_jobs(inputs, output, talk, naming, streams);
  if (talk.json || any_can_begin(jobs, output.force, naming.inputs, streams)) hand_over(words);
  std::vector<std::string> names;
  for (const cli::Job& job : jobs) names.push_back(cli::display_name(job.input));
  cli::Reporter reporter(streams);
  return cli::run_tasks(names, 1, reporter,
                        [&](std::size_t task) { refuse_job(jobs[task], output.force, streams); });
}

}  // namespace ictus::front
