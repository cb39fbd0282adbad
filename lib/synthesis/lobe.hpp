// What a window makes of a sine: power over frequency, around it.
#pragma once

#include <array>

namespace ictus::synthesis {

inline constexpr int kLobeReach = 8;  ///< bins to either side, beyond which nothing is left that counts

/// The power response of Hann's window, 1 at its middle, tabulated over bins.
class Lobe {
 public:
  Lobe();

  /// At `bins` from the sine, and its slope there.
  [[nodiscard]] float at(float bins) const { return between(power_, bins); }
  [[nodiscard]] float slope_at(float bins) const { return between(slope_, bins); }
  /// The mean over `width` bins around `bins`: of a sine that moves so far while the window lasts.
  [[nodiscard]] float mean_at(float bins, float width) const {
    return (between(area_, bins + 0.5F * width) - between(area_, bins - 0.5F * width)) / width;
  }
  [[nodiscard]] float mean_slope_at(float bins, float width) const {
    return (at(bins + 0.5F * width) - at(bins - 0.5F * width)) / width;
  }
  [[nodiscard]] float mean_slope_by_width(float bins, float width) const {
    return (0.5F * (at(bins + 0.5F * width) + at(bins - 0.5F * width)) - mean_at(bins, width)) / width;
  }

  /// Adds to `bins` from `first` to `last` the mean over `width` bins around each, of a sine at `at`, times
  /// `power`: mean_at(bin - at, width), in rows.
  void add_mean(float at, float width, float power, int first, int last, float* bins) const;

  /// The sum of at() over the bins below `bins`, which lies half way between two of them, so that many bins
  /// cost no more than a few. In double precision, since differences count.
  [[nodiscard]] double sum_below(float bins) const { return between(sum_, bins); }
  /// Its slope.
  [[nodiscard]] float sum_slope_at(float bins) const { return between(sum_slope_, bins); }
  /// Its integral up to `bins`.
  [[nodiscard]] double sum_area_below(float bins) const {
    constexpr float kLast = kEnd;
    return between(sum_area_, bins) + (bins > kLast ? static_cast<double>(bins - kLast) * sum_.back() : 0.0);
  }

 private:
  static constexpr int kSteps = 64;  // for each bin
  static constexpr int kEnd = kLobeReach + 2;
  template <typename Number>
  using Table = std::array<Number, 2 * kEnd * kSteps + 2>;
  template <typename Number>
  static Number between(const Table<Number>& table, float bins) {
    constexpr float kLast = 2.0F * kEnd * kSteps;
    float x = (bins + kEnd) * kSteps;
    x = x > 0.0F ? (x < kLast ? x : kLast) : 0.0F;
    const int low = static_cast<int>(x);
    const auto i = static_cast<std::size_t>(low);
    return table[i] + static_cast<Number>(x - static_cast<float>(low)) * (table[i + 1] - table[i]);
  }

  /// The integral of the response over bins, at one place between two of them: it rises over kEdge bins, and
  /// before and behind them is room to read.
  static constexpr int kEdge = 16;
  using Edge = std::array<float, 3 * kEdge>;
  std::array<Edge, kSteps + 1> edges_{};
  Table<float> power_{}, slope_{}, area_{}, sum_slope_{};
  Table<double> sum_{}, sum_area_{};
};

const Lobe& hann_lobe();

}  // namespace ictus::synthesis
