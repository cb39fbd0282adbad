#include "lib/metrics/note_match.hpp"

#include <cmath>
#include <optional>
#include <vector>

namespace ictus::metrics {

NoteMatch match_notes(std::span<const OnsetAndPitch> truth, std::span<const OnsetAndPitch> found) {
  NoteMatch match;
  std::vector<bool> is_taken(found.size(), false);
  for (const OnsetAndPitch& note : truth) {
    const auto away_s = [&](std::size_t i) { return std::abs(found[i].onset_s - note.onset_s); };
    std::optional<std::size_t> nearest;
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (is_taken[i] || away_s(i) > kOnsetToleranceS) continue;
      if (std::abs(found[i].pitch_midi - note.pitch_midi) > kPitchToleranceSemitones) continue;
      if (!nearest || away_s(i) < away_s(*nearest)) nearest = i;
    }
    if (!nearest) continue;
    is_taken[*nearest] = true;
    ++match.matched;
  }
  const auto share_of = [&](std::size_t count) {
    return count == 0 ? 0.0 : static_cast<double>(match.matched) / static_cast<double>(count);
  };
  match.precision = share_of(found.size());
  match.recall = share_of(truth.size());
  if (match.matched > 0) match.f1 = 2.0 * match.precision * match.recall / (match.precision + match.recall);
  return match;
}

}  // namespace ictus::metrics
