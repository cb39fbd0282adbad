#include "lib/analysis/lines.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <optional>
#include <vector>

#include "lib/analysis/target.hpp"

namespace ictus::analysis {
namespace {

/// Tones that last as long stand out by as much: the longer, the less noise fluctuates.
struct Moments {
  int frames;
  float least_db;
};
constexpr std::array<Moments, 2> kMoments{{{8, 12.0F}, {24, 6.5F}}};  // 0.19 s, 0.56 s
constexpr int kWithin = 2, kBeyond = 8;  // bands as far away are around one: its window spreads over fewer
constexpr float kLowestHz = 50.0F, kHighestHz = 16000.0F;
constexpr float kLeastHeard = 1e-7F;  // of the loudest, as for a Target

/// The strongest of so many moments, or `line` if that is stronger.
void find_line(std::optional<Line>& line, const Moments& moments, const synthesis::PowerMap& sound,
               const synthesis::PowerMap& explained, float loudest) {
  std::vector<float> excess_db(static_cast<std::size_t>(sound.bands));
  std::vector<float> around;
  for (int next = 0; next < sound.frames && sound.frames >= moments.frames; next += moments.frames) {
    const int begin = std::min(next, sound.frames - moments.frames);  // of the last, too, which is no shorter
    const int end = begin + moments.frames;
    const auto mean = [&](const synthesis::PowerMap& map, int band) {
      const float sum = std::accumulate(map.row(band) + begin, map.row(band) + end, 0.0F);
      return std::max(sum / static_cast<float>(end - begin), kLeastHeard * loudest);
    };
    for (int b = 0; b < sound.bands; ++b)
      excess_db[static_cast<std::size_t>(b)] = 10.0F * std::log10(mean(sound, b) / mean(explained, b));
    for (int b = 0; b < sound.bands; ++b) {
      const float hz = views().fine.centre_hz[static_cast<std::size_t>(b)];
      if (hz < kLowestHz || hz > kHighestHz) continue;
      around.clear();
      for (int away = kWithin + 1; away <= kBeyond; ++away) {
        if (b - away >= 0) around.push_back(excess_db[static_cast<std::size_t>(b - away)]);
        if (b + away < sound.bands) around.push_back(excess_db[static_cast<std::size_t>(b + away)]);
      }
      const auto middle = around.begin() + static_cast<std::ptrdiff_t>(around.size() / 2);
      std::nth_element(around.begin(), middle, around.end());
      const float beyond_db =
          excess_db[static_cast<std::size_t>(b)] - std::max(*middle, 0.0F) - moments.least_db;
      if (beyond_db > (line ? line->excess_db : 0.0F)) line = {b, begin, end, beyond_db};
    }
  }
}

}  // namespace

std::optional<Line> strongest_line(const synthesis::PowerMap& sound, const synthesis::PowerMap& explained,
                                   float loudest) {
  std::optional<Line> line;
  for (const Moments& moments : kMoments) find_line(line, moments, sound, explained, loudest);
  return line;
}

}  // namespace ictus::analysis
