#include "apps/cli/plot.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "apps/cli/jobs.hpp"
#include "apps/cli/output_file.hpp"
#include "apps/cli/text.hpp"
#include "apps/options/parse.hpp"
#include "lib/core/path.hpp"
#include "lib/plot/fonts.hpp"

namespace ictus::cli {
namespace {

namespace fs = std::filesystem;

plot::FileKind file_kind(const std::string& output) {
  if (has_suffix(output, ".png")) return plot::FileKind::png;
  if (has_suffix(output, ".svg")) return plot::FileKind::svg;
  if (has_suffix(output, ".pdf")) return plot::FileKind::pdf;
  // The names of standard output, pipes and devices say nothing.
  if (output == kStandardStream || place_at(output) == Place::special) return plot::FileKind::png;
  throw options::UsageError(
      fmt::format("{}: the name does not say what kind of picture it is to be", display_output_name(output)),
      "Names of pictures end in .png, .svg or .pdf.");
}

plot::PictureFormat format_of(const options::PlotOptions& options, const std::string& output) {
  const bool is_dark = options.theme == options::PlotTheme::dark;
  return {file_kind(output), is_dark ? plot::Theme::dark : plot::Theme::light, options.size.width_px,
          options.size.height_px};
}

void draw_job(const Job& job, const options::PlotOptions& options, const Draw& draw, const Streams& streams,
              Reporter& reporter) {
  check_job(job, options.output.force, streams);
  EventInput stream(job.input, "plot", streams);
  PlotInput input{stream, read_all(stream),
                  has_own_name(job.input) ? fs::path(job.input).filename().string() : "event stream"};
  if (stream.damage() && input.events.empty())
    throw Error(stream.damage()->what(), "there is nothing in it to draw");
  if (input.events.empty()) throw Error("has no events to draw");
  const std::string picture = draw(input, format_of(options, job.output));
  OutputFile output(job.output, options.output.force, streams);
  output.write(std::as_bytes(std::span(picture)));
  output.commit();
  reporter.say(fmt::format("{} -> {}: {:.1f} s, {}", stream.name(), display_output_name(job.output),
                           input.duration_s(), counted(input.events.size(), "event")));
  if (stream.damage()) throw DamagedInput(stream.damage()->what(), stream.damage()->hint());
}

}  // namespace

double PlotInput::duration_s() const {
  return static_cast<double>(stream.length_samples()) / stream.header().sample_rate_hz;
}

int plot(const options::PlotOptions& options, const Draw& draw, const Streams& streams) {
  const std::vector<Job> jobs =
      plan_jobs(options.inputs, options.output, {}, {InputKind::stream, ".png"}, streams);
  std::vector<std::string> names;
  for (const Job& job : jobs) {
    (void)file_kind(job.output);
    names.push_back(display_name(job.input));
  }
  Reporter reporter(streams, options.quiet);
  if (!plot::has_letters()) {
    reporter.warning(
        "no font with letters was found, so words are drawn as thin strokes and boxes; install one, such as "
        "fonts-dejavu-core");
  }
  return run_tasks(names, 1, reporter,
                   [&](std::size_t task) { draw_job(jobs[task], options, draw, streams, reporter); });
}

}  // namespace ictus::cli
