#include "lib/synthesis/spectrum_knots.hpp"

#include <span>

namespace ictus::synthesis {
namespace {

/// Where `at` lies among places that rise.
KnotPlace place_among(std::span<const float> knots, float at) {
  const int count = static_cast<int>(knots.size());
  if (at <= knots.front()) return {0, 0.0F, 0.0F};
  if (at >= knots.back()) return {count - 2, 1.0F, 0.0F};
  const auto above = static_cast<int>(std::upper_bound(knots.begin(), knots.end(), at) - knots.begin());
  const int low = above - 1;
  const float left = knots[static_cast<std::size_t>(low)];
  return {low, (at - left) / (knots[static_cast<std::size_t>(above)] - left), 1.0F};
}

template <std::size_t N>
std::array<float, N> in_mel(std::array<float, N> hz) {
  for (float& value : hz) value = mel_of(value);
  return hz;
}

const std::array<float, kDecayKnots>& decay_knots() {
  static const std::array<float, kDecayKnots> knots = in_mel<kDecayKnots>({100, 700, 2500, 8000});
  return knots;
}

std::array<KnotPlace, kPartials> partial_places() {
  std::array<float, kPartialKnots> logs{};
  std::transform(kPartialKnotNumbers.begin(), kPartialKnotNumbers.end(), logs.begin(),
                 [](float number) { return std::log(number); });
  std::array<KnotPlace, kPartials> places{};
  for (int h = 0; h < kPartials; ++h)
    places[static_cast<std::size_t>(h)] = place_among(logs, std::log(static_cast<float>(h + 1)));
  return places;
}

}  // namespace

KnotPlace partial_place(int number) {
  static const std::array<KnotPlace, kPartials> places = partial_places();
  return places[static_cast<std::size_t>(number - 1)];
}

KnotPlace decay_place_of_mel(float mel) { return place_among(decay_knots(), mel); }

float decay_slope(const std::array<float, kDecayKnots>& log_rates, const KnotPlace& place) {
  const auto low = static_cast<std::size_t>(place.low);
  const float mel = decay_knots()[low + 1] - decay_knots()[low];
  return place.inside * (log_rates[low + 1] - log_rates[low]) / mel;
}

KnotPlace noise_decay_place(float hz) {
  static const std::array<float, kNoiseDecayKnots> knots = in_mel<kNoiseDecayKnots>({300, 5000});
  return place_among(knots, mel_of(hz));
}

}  // namespace ictus::synthesis
