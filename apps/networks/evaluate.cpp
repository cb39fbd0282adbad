#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "apps/cli/command.hpp"
#include "apps/cli/model_search.hpp"
#include "apps/cli/output_folder.hpp"
#include "apps/cli/reporter.hpp"
#include "apps/cli/text.hpp"
#include "apps/cli/text_output.hpp"
#include "apps/networks/commands.hpp"
#include "apps/networks/evaluation_report.hpp"
#include "apps/networks/evaluation_text.hpp"
#include "lib/core/error.hpp"

namespace ictus::networks {
namespace {

using evaluation::HeardFolder;

constexpr const char* kPage = "index.html";
constexpr const char* kJson = "evaluation.json";
constexpr const char* kTable = "table.txt";

/// The page comes last: where it is, the others are.
std::vector<std::string> report_files() { return {kJson, kTable, kPage}; }

/// What can be seen without loading anything.
void check(const options::EvaluateOptions& options) {
  const auto check_folder = [](const char* option, const std::string& path) {
    std::error_code failure;
    if (!std::filesystem::is_directory(path, failure))
      throw Error(cli::display_name(path) + ": no such folder",
                  fmt::format("{} names a folder of notes", option));
  };
  check_folder("--reference", options.reference_folder);
  check_folder("--generated", options.generated_folder);
  if (options.training_folder) check_folder("--training", *options.training_folder);
  if (options.report_folder) cli::check_output_folder(*options.report_folder, report_files(), options.force);
}

std::shared_ptr<const judges::LoadedJudge> load_judge(judges::Question wanted,
                                                      const options::EvaluateOptions& options) {
  const bool family = wanted == judges::Question::family;
  const char* const option = family ? "--family-judge" : "--pitch-judge";
  const std::string path = cli::find_model(family ? cli::Model::family_judge : cli::Model::pitch_judge,
                                           family ? options.family_judge : options.pitch_judge, option);
  auto judge = judges::load_judge(path, options.device);
  if (judges::question(*judge) != wanted)
    throw Error(fmt::format("{}: a judge of {}, where one of {} is wanted", cli::display_name(path),
                            family ? "pitches" : "families", family ? "families" : "pitches"),
                fmt::format("name the other one with {}", option));
  return judge;
}

/// Hears folders and keeps count of what could not be heard.
class Hearing {
 public:
  Hearing(const evaluation::Ears& ears, cli::Reporter& reporter) : ears_(ears), reporter_(reporter) {}

  HeardFolder hear(const char* name, const std::string& folder, evaluation::Attention attention) {
    HeardFolder heard = evaluation::hear(folder, ears_, attention, [&](std::size_t count, std::size_t all) {
      reporter_.progress(0, fmt::format("{}: {} of {} notes heard", name, count, all));
    });
    reporter_.end_progress(0);
    for (const evaluation::LeftOut& one : heard.left_out) {
      reporter_.error(cli::harmless(one.reason));
      failed_.push_back((std::filesystem::path(folder) / one.name).string());
    }
    files_ += heard.notes.size() + heard.left_out.size();
    for (const auto& [rate_hz, count] : heard.resampled) resampled_[rate_hz] += count;
    if (heard.notes.empty())
      throw Error(fmt::format("{}: none of the {} in this folder can be read", cli::display_name(folder),
                              cli::counted(heard.left_out.size(), "sound file")));
    return heard;
  }

  void say_resampled() {
    for (const auto& [rate_hz, count] : resampled_)
      reporter_.say(fmt::format("{} resampled to {} Hz", cli::counted(count, "file"), rate_hz));
  }

  /// Names the files that failed again. Returns the exit status.
  int summarise() {
    if (failed_.empty()) return cli::kDone;
    std::string list;
    for (const std::string& path : failed_) list += (list.empty() ? "" : "\n  ") + cli::display_name(path);
    reporter_.error(
        fmt::format("{} of {} files could not be read and were left out:", failed_.size(), files_), list);
    return cli::kInputFailed;
  }

 private:
  const evaluation::Ears& ears_;
  cli::Reporter& reporter_;
  std::vector<std::string> failed_;
  std::size_t files_ = 0;
  std::map<int, std::size_t> resampled_;
};

void require_any_metric(const evaluation::Evaluation& result) {
  if (result.has_any_metric()) return;
  std::string reasons;
  for (const evaluation::Metric& metric : result.metrics)
    reasons += fmt::format("{}{}: {}", reasons.empty() ? "" : "\n  ", metric.name, metric.missing);
  throw Error("not one of the metrics can be computed from these notes", reasons);
}

std::string json_line(const Evaluated& evaluated) {
  return evaluation_json(evaluated).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) +
         "\n";
}

void write_report(const Evaluated& evaluated, const options::EvaluateOptions& options,
                  const cli::Streams& streams, cli::Reporter& reporter) {
  const report::EvaluationPage page = report_page(evaluated, static_cast<std::size_t>(options.report_clips));
  const std::string html = report::evaluation_page(page);
  cli::OutputFolder folder(*options.report_folder, report_files(), options.force, streams);
  folder.write(kPage, html);
  folder.write(kJson, json_line(evaluated));
  folder.write(kTable, table_text(evaluated));
  folder.commit();
  reporter.say(
      fmt::format("{}: a page with {}",
                  cli::display_output_name((std::filesystem::path(*options.report_folder) / kPage).string()),
                  cli::counted(page.clips.size(), "clip")));
}

}  // namespace

int evaluate(const options::EvaluateOptions& options, const cli::Streams& streams) {
  check(options);
  cli::Reporter reporter(streams, options.talk.quiet, options.talk.progress);
  Evaluated evaluated;
  evaluated.ears.family = load_judge(judges::Question::family, options);
  evaluated.ears.pitch = load_judge(judges::Question::pitch, options);
  if (options.vggish) {
    evaluated.vggish_path = *options.vggish;
    evaluated.ears.vggish = std::make_shared<evaluation::Vggish>(*options.vggish, options.device);
  }
  evaluated.settings = {.clusters = options.clusters, .resamples = options.resamples, .seed = options.seed};

  Hearing hearing(evaluated.ears, reporter);
  evaluated.reference = hearing.hear("reference", options.reference_folder, evaluation::Attention::full);
  evaluated.generated = hearing.hear("generated", options.generated_folder, evaluation::Attention::full);
  if (options.training_folder)
    evaluated.training =
        hearing.hear("training", *options.training_folder, evaluation::Attention::judges_only);
  hearing.say_resampled();

  reporter.progress(0, "computing the measures");
  evaluated.result = evaluation::evaluate(evaluated.reference, evaluated.generated,
                                          evaluated.training ? &*evaluated.training : nullptr, evaluated.ears,
                                          evaluated.settings);
  reporter.end_progress(0);
  for (const std::string& warning : evaluated.result.warnings) reporter.warning(cli::harmless(warning));
  require_any_metric(evaluated.result);

  if (options.report_folder) write_report(evaluated, options, streams, reporter);
  cli::TextOutput out(streams.out);
  out.print(options.talk.json ? json_line(evaluated) : table_text(evaluated));
  out.flush();
  return hearing.summarise();
}

}  // namespace ictus::networks
