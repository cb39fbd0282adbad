#include "apps/networks/evaluation_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "lib/notes/note_name.hpp"

namespace ictus::networks {
namespace {

using evaluation::HeardFolder;
using evaluation::Metric;
using evaluation::NamedNote;

/// Real notes, to know what they sound like.
constexpr std::size_t kReferenceSounds = 12;

std::string label_text(const NamedNote& note) {
  if (!note.label) return "its name does not say";
  std::string text = fmt::format("{} {}", note.label->family, notes::pitch_name(note.label->pitch));
  if (note.label->velocity > 0) text += fmt::format(", velocity {}", note.label->velocity);
  return text;
}

std::string heard_text(const Evaluated& evaluated, std::size_t i) {
  const std::string& pitch = evaluation::heard_as(*evaluated.ears.pitch, evaluated.generated.pitch, i);
  const auto number = notes::pitch_of(pitch);
  return fmt::format("{} {}", evaluation::heard_as(*evaluated.ears.family, evaluated.generated.family, i),
                     number ? notes::pitch_name(*number) : pitch);
}

bool agrees(const judges::LoadedJudge& judge, const judges::Opinions& opinions, const NamedNote& note,
            std::size_t i) {
  const auto right = note.label ? judges::class_of(judge, *note.label) : std::nullopt;
  return !right || evaluation::heard_as(judge, opinions, i) == judges::classes(judge)[*right];
}

report::Sound sound_of(const HeardFolder& folder, std::size_t i, std::string caption) {
  const std::string& name = folder.notes[i].name;
  return {.name = name,
          .caption = std::move(caption),
          .sample_rate_hz = evaluation::kSpectraSampleRateHz,
          .samples = evaluation::read_note(folder.folder, name, evaluation::kSpectraSampleRateHz)};
}

report::GeneratedClip clip_of(const Evaluated& evaluated, std::size_t i) {
  const NamedNote& note = evaluated.generated.notes[i];
  report::GeneratedClip clip;
  clip.sound = sound_of(evaluated.generated, i, {});
  clip.asked = label_text(note);
  clip.heard = heard_text(evaluated, i);
  clip.agrees = agrees(*evaluated.ears.family, evaluated.generated.family, note, i) &&
                agrees(*evaluated.ears.pitch, evaluated.generated.pitch, note, i);
  if (!evaluated.result.memorisation) return clip;
  const auto& [distances, places] = evaluated.result.memorisation->neighbours;
  const auto at = static_cast<std::int64_t>(i);
  for (std::int64_t k = 0; k < places.size(1); ++k) {
    const auto place = static_cast<std::size_t>(places[at][k].item<std::int64_t>());
    clip.nearest.push_back(
        {sound_of(*evaluated.training, place, label_text(evaluated.training->notes[place])),
         distances[at][k].item<double>()});
  }
  return clip;
}

report::MetricLine line_of(const Metric& metric) {
  return {.name = metric.name,
          .value = number_text(metric.estimate),
          .interval = interval_text(metric.estimate),
          .meaning = metric.meaning,
          .parameters = metric.estimate ? metric.parameters : metric.missing};
}

report::MetricLine line_of(const evaluation::JudgeAgreement& agreement) {
  report::MetricLine line;
  line.name = agreement.key == "family" ? "Family agreement" : "Pitch agreement";
  line.value = "-";
  if (const auto& share = agreement.generated.share) {
    line.value = fmt::format("{:.1f} %", 100.0 * share->value);
    if (share->interval)
      line.interval =
          fmt::format("{:.1f} .. {:.1f} %", 100.0 * share->interval->low, 100.0 * share->interval->high);
  }
  line.meaning = fmt::format(
      "Share of notes in which the judge hears the {} that was asked for; higher is better, up to that of "
      "real notes.",
      agreement.key);
  line.parameters = fmt::format("generated {}; reference {}", agreement_text(agreement.generated),
                                agreement_text(agreement.reference));
  return line;
}

std::vector<std::string> facts_of(const Evaluated& evaluated) {
  std::vector<std::string> facts = {
      fmt::format("Reference: {}, {}.", evaluated.reference.folder, folder_text(evaluated.reference)),
      fmt::format("Generated: {}, {}.", evaluated.generated.folder, folder_text(evaluated.generated))};
  if (evaluated.training)
    facts.push_back(
        fmt::format("Training: {}, {}; distances are cosine distances of both judges' embeddings.",
                    evaluated.training->folder, folder_text(*evaluated.training)));
  facts.push_back(fmt::format("Judges: {} and {}.", judges::model_id(*evaluated.ears.family),
                              judges::model_id(*evaluated.ears.pitch)));
  if (evaluated.settings.resamples > 0)
    facts.push_back(fmt::format("Intervals hold 95 % of {} evaluations of notes drawn anew.",
                                evaluated.settings.resamples));
  for (const std::string& warning : evaluated.result.warnings) facts.push_back("Note: " + warning + ".");
  return facts;
}

}  // namespace

std::vector<std::size_t> spread_over_labels(const std::vector<NamedNote>& notes, std::size_t count) {
  std::map<std::string, std::vector<std::size_t>> families;
  std::vector<std::size_t> unlabelled;
  for (std::size_t i = 0; i < notes.size(); ++i) {
    if (notes[i].label) {
      families[notes[i].label->family].push_back(i);
    } else {
      unlabelled.push_back(i);
    }
  }
  if (families.empty()) families[""] = unlabelled;

  // One after the other each family gets one more, as long as it has any.
  std::map<std::string, std::size_t> quotas;
  for (std::size_t left = count; left > 0;) {
    const std::size_t before = left;
    for (const auto& [family, members] : families) {
      if (left == 0 || quotas[family] == members.size()) continue;
      ++quotas[family];
      --left;
    }
    if (left == before) break;
  }

  std::vector<std::size_t> chosen;
  for (auto& [family, members] : families) {
    std::stable_sort(members.begin(), members.end(), [&notes](std::size_t a, std::size_t b) {
      return (notes[a].label ? notes[a].label->pitch : 0) < (notes[b].label ? notes[b].label->pitch : 0);
    });
    const std::size_t quota = quotas[family];
    for (std::size_t k = 0; k < quota; ++k)
      chosen.push_back(members[(2 * k + 1) * members.size() / (2 * quota)]);
  }
  return chosen;
}

report::EvaluationPage report_page(const Evaluated& evaluated, std::size_t clips) {
  report::EvaluationPage page;
  page.title = "Evaluation of " + evaluated.generated.folder;
  page.facts = facts_of(evaluated);
  for (const Metric& metric : evaluated.result.metrics) page.metrics.push_back(line_of(metric));
  for (const auto& agreement : evaluated.result.agreement) page.metrics.push_back(line_of(agreement));
  if (const auto& found = evaluated.result.memorisation) {
    page.metrics.push_back(line_of(found->below_median));
    page.metrics.push_back(line_of(found->below_nearest));
  }
  for (const std::size_t i : spread_over_labels(evaluated.generated.notes, clips))
    page.clips.push_back(clip_of(evaluated, i));
  for (const std::size_t i : spread_over_labels(evaluated.reference.notes, std::min(clips, kReferenceSounds)))
    page.reference.push_back(sound_of(evaluated.reference, i, label_text(evaluated.reference.notes[i])));
  return page;
}

}  // namespace ictus::networks
