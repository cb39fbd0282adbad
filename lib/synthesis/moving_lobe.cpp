#include "lib/synthesis/moving_lobe.hpp"

#include <algorithm>
#include <cmath>

#include "lib/synthesis/time_course.hpp"

namespace ictus::synthesis {
namespace {

constexpr int kMovingReach = 4;
constexpr float kLeastWidth = 0.05F;
constexpr float kShortWindowS = 0.04F;  // in which no bend of a way counts
constexpr float kWholeWidth = 0.923F;   // of the way, for the spread that the three parts have together

}  // namespace

bool moves_at(const EventSound& sound, float elapsed_s, float window_s) {
  if (!moves(sound)) return false;
  return std::abs(sound.vibrato_semitones) > kStillSemitones ||
         elapsed_s + Motion::kBorders.front() * window_s < std::exp(sound.glide_log_s);
}

Motion motion_at(const EventSound& sound, float elapsed_s, float window_s) {
  Motion motion;
  for (std::size_t i = 0; i <= Motion::kParts; ++i) {
    motion.elapsed_s[i] = std::max(elapsed_s + Motion::kBorders[i] * window_s, 0.0F);
    motion.factor[i] = std::exp(kSemitoneLog * deviation_semitones(sound, motion.elapsed_s[i]));
  }
  return motion;
}

MovingParts::MovingParts(float bins, const Motion& motion, const BandView& view) {
  const auto add = [&](std::size_t begin, std::size_t end, float weight, float width_of_way) {
    const float low = bins * motion.factor[begin];
    const float high = bins * motion.factor[end];
    const float at = 0.5F * (low + high);
    const float way = width_of_way * (high - low);
    const float width = std::max(std::abs(way), kLeastWidth);
    const float turn = std::abs(way) <= kLeastWidth ? 0.0F : way > 0.0F ? width_of_way : -width_of_way;
    const float reach = kMovingReach + 0.5F * width;
    parts_[count_++] = {weight,
                        begin,
                        end,
                        at,
                        width,
                        turn,
                        std::max(static_cast<int>(std::ceil(at - reach)), 0),
                        std::min(static_cast<int>(std::floor(at + reach)), view.bin_count() - 1)};
  };
  if (view.window_s() < kShortWindowS) {
    add(0, Motion::kParts, 1.0F, kWholeWidth);
  } else {
    for (std::size_t p = 0; p < Motion::kParts; ++p) add(p, p + 1, Motion::kWeights[p], 1.0F);
  }
}

}  // namespace ictus::synthesis
