#include "lib/analysis/spare.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

#include "lib/analysis/distance_slopes.hpp"
#include "lib/analysis/worth.hpp"

namespace ictus::analysis {
namespace {

/// So many events at most are tried, the least worthy of them first.
constexpr std::size_t kFew = 16;
constexpr std::size_t kTries = 3;
/// A pure tone fills few bands, but holds much energy: the convergence may rise by this much, beside the
/// share of it that the distance may.
constexpr float kMoreConvergence = 0.03F;

std::vector<std::size_t> least_worthy(const std::vector<synthesis::EventSound>& sounds, const Target& target,
                                      const PowerMaps& carried) {
  const std::vector<float> worth = worths(sounds, target, carried);
  std::vector<std::size_t> order(sounds.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return worth[a] < worth[b]; });
  order.resize(std::min(order.size(), kTries));
  return order;
}

}  // namespace

std::vector<VectorEvent> without_spare(std::vector<VectorEvent> events, float& distance_db,
                                       const synthesis::TimbreNetwork& network, const Target& target,
                                       const PowerMaps& carried, const SpareSettings& settings) {
  const auto convergence_of = [&](const std::vector<VectorEvent>& some) {
    return target.convergence(explained_by(sounds_of(some, network), carried, target.peak()));
  };
  const auto spare_one = [&] {
    const float most = 1.0F + settings.least_share;
    const float most_convergence = most * convergence_of(events) + kMoreConvergence;
    for (const std::size_t place : least_worthy(sounds_of(events, network), target, carried)) {
      std::vector<VectorEvent> rest = events;
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(place));
      const float rest_db = fit_vectors(rest, network, target, carried, {settings.steps}, settings.threads);
      const float allowed_db =
          std::max(std::min(settings.most_db, most * distance_db), settings.close_enough_db);
      if (rest_db > allowed_db) continue;
      if (convergence_of(rest) > most_convergence) continue;
      events = std::move(rest);
      distance_db = rest_db;
      return true;
    }
    return false;
  };
  while (events.size() > 1 && events.size() <= kFew && spare_one()) continue;
  return events;
}

}  // namespace ictus::analysis
