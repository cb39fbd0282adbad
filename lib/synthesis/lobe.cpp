#include "lib/synthesis/lobe.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

#include "lib/core/wide.hpp"

namespace ictus::synthesis {
namespace {

double magnitude(double bins) {
  const double d = std::abs(bins);
  if (d < 1e-9) return 1.0;
  if (std::abs(d - 1.0) < 1e-9) return 0.5;
  return std::sin(std::numbers::pi * d) / (std::numbers::pi * d * (1.0 - d * d));
}

/// The response fades out over the last bin of its reach, so that a sine that moves leaves no step behind.
double power(double bins) {
  const double left = kLobeReach + 1 - std::abs(bins);
  const double m = magnitude(bins);
  return m * m * (left >= 1.0 ? 1.0 : left <= 0.0 ? 0.0 : left);
}

}  // namespace

Lobe::Lobe() {
  constexpr double kStep = 1.0 / kSteps;
  constexpr int kFiner = 4;  // steps of the integrals for each of the table's
  // All that is needed lies at whole places, of which there are so many for each step and each bin.
  constexpr int kPlaces = 2 * kFiner;
  constexpr int kBin = kPlaces * kSteps;
  std::vector<double> responses;
  for (int place = 0; place <= kPlaces * static_cast<int>(power_.size()); ++place)
    responses.push_back(power(static_cast<double>(place) / kBin - kEnd));
  const auto response = [&](int place) {
    return place < 0 ? 0.0 : responses[static_cast<std::size_t>(place)];
  };
  const auto sum_below = [&](int place) {
    double sum = 0.0;
    for (int below = place - kBin / 2; below > 0; below -= kBin) sum += response(below);
    return sum;
  };
  double area = 0.0;
  double sum_area = 0.0;
  for (std::size_t i = 0; i < power_.size(); ++i) {
    const int place = kPlaces * static_cast<int>(i);
    power_[i] = static_cast<float>(response(place));
    slope_[i] = static_cast<float>((response(place + kPlaces / 2) - response(place - kPlaces / 2)) / kStep);
    area_[i] = static_cast<float>(area);
    sum_[i] = sum_below(place);
    sum_slope_[i] =
        static_cast<float>((sum_below(place + kPlaces / 2) - sum_below(place - kPlaces / 2)) / kStep);
    sum_area_[i] = sum_area;
    for (int j = 0; j < kFiner; ++j) {
      const int at = place + 2 * j + 1;
      area += response(at) * kStep / kFiner;
      sum_area += sum_below(at) * kStep / kFiner;
    }
  }
  for (std::size_t step = 0; step < edges_.size(); ++step) {
    for (int i = 0; i < 3 * kEdge; ++i) {
      const auto bins = static_cast<float>(i - 3 * kEdge / 2 + static_cast<double>(step) * kStep);
      edges_[step][static_cast<std::size_t>(i)] =
          between(area_, std::clamp(bins, -0.5F * kEdge, 0.5F * kEdge));
    }
  }
}

namespace {

/// A row between two rows of a table.
struct Between {
  const float* low;
  const float* high;
  float part;
};

ICTUS_WIDE void add_difference(Between end, int end_at, Between begin, int begin_at, int edge, float scale,
                               int count, float* __restrict bins) {
  for (int first = 0; first < count; first += 16) {
    const int e = std::clamp(end_at + first, 0, 2 * edge);
    const int b = std::clamp(begin_at + first, 0, 2 * edge);
    const float* __restrict end_low = end.low + e;
    const float* __restrict end_high = end.high + e;
    const float* __restrict begin_low = begin.low + b;
    const float* __restrict begin_high = begin.high + b;
    float* __restrict out = bins + first;
    if (first + 16 <= count) {
      for (int i = 0; i < 16; ++i)
        out[i] += scale * ((end_low[i] + end.part * (end_high[i] - end_low[i])) -
                           (begin_low[i] + begin.part * (begin_high[i] - begin_low[i])));
    } else {
      std::array<float, 16> rest;
      for (int i = 0; i < 16; ++i)
        rest[static_cast<std::size_t>(i)] =
            scale * ((end_low[i] + end.part * (end_high[i] - end_low[i])) -
                     (begin_low[i] + begin.part * (begin_high[i] - begin_low[i])));
      for (int i = 0; i < count - first; ++i) out[i] += rest[static_cast<std::size_t>(i)];
    }
  }
}

}  // namespace

void Lobe::add_mean(float at, float width, float power, int first, int last, float* bins) const {
  const auto row = [&](float edge_at, int& place) {
    // Bin `first` lies `off` bins behind the edge.
    const float off = static_cast<float>(first) - edge_at;
    const float whole = std::floor(off);
    const float steps = (off - whole) * kSteps;
    const auto step = std::min(static_cast<std::size_t>(steps), static_cast<std::size_t>(kSteps - 1));
    place = static_cast<int>(whole) + 3 * kEdge / 2;
    return Between{edges_[step].data(), edges_[step + 1].data(), steps - static_cast<float>(step)};
  };
  int end_at = 0;
  int begin_at = 0;
  const Between end = row(at - 0.5F * width, end_at);
  const Between begin = row(at + 0.5F * width, begin_at);
  add_difference(end, end_at, begin, begin_at, kEdge, power / width, last - first + 1, bins + first);
}

const Lobe& hann_lobe() {
  static const Lobe lobe;
  return lobe;
}

}  // namespace ictus::synthesis
