#include "lib/synthesis/rings.hpp"

#include <algorithm>
#include <cmath>

#include "lib/core/wide.hpp"
#include "lib/synthesis/spectrum_knots.hpp"
#include "lib/synthesis/time_course.hpp"
#include "lib/synthesis/wide_math.hpp"

namespace ictus::synthesis {
namespace {

constexpr float kQuiet = 1e-25F;  // powers below would become numbers that processors are slow with
constexpr int kLanes = 16;

ICTUS_WIDE void advance_all(const float* start, const float* rate, const float* keep, float room_level,
                            float common, float elapsed_s, int count, float* __restrict room,
                            float* __restrict power) {
  for (int first = 0; first < count; first += kLanes) {
    for (int i = first; i < first + kLanes; ++i) {
      const float direct = common * start[i] * wide_exp(-rate[i] * elapsed_s);
      room[i] = keep[i] * room[i] + (1.0F - keep[i]) * direct + kQuiet;
      power[i] = direct + room_level * room[i];
    }
  }
}

ICTUS_WIDE void all_slopes(const float* power, const float* room, const float* rate, const float* room_rate,
                           float room_level, float common, int count, float* __restrict out) {
  for (int i = 0; i < count; ++i) {
    const float direct = power[i] - room_level * room[i];
    out[i] = (direct * (common - rate[i]) + room_level * room_rate[i] * (direct - room[i])) / power[i];
  }
}

}  // namespace

float room_level(const EventSound& sound) {
  return sound.room_db > kLeastRoomDb ? std::exp(sound.room_db * kTenthOfLog10) : 0.0F;
}

Rings::Rings(std::span<const float> power, std::span<const float> rate, std::span<const float> room_rate,
             float room_level, float step_s, float window_s)
    : count_(static_cast<int>(power.size())), room_level_(room_level), window_s_(window_s) {
  std::copy(power.begin(), power.end(), start_.begin());
  std::copy(rate.begin(), rate.end(), rate_.begin());
  for (std::size_t i = 0; i < room_rate.size(); ++i) keep_[i] = std::exp(-room_rate[i] * step_s);
  for (std::size_t i = 0; i < rate.size(); ++i)
    lifted_[i] = start_[i] * std::exp(decay_lift(rate_[i] * window_s_).log);
}

void Rings::advance(float common, float elapsed_s, float since_windows, float attack_windows) {
  Row first_frames{};
  const bool is_first = window_s_ > 0.0F && since_windows < 0.5F;
  if (is_first) {
    const auto count = static_cast<std::size_t>(count_);
    Row windows;
    for (std::size_t i = 0; i < count; ++i) windows[i] = rate_[i] * window_s_;
    OnsetDecay(since_windows, attack_windows)
        .logs(std::span(windows).first(count), std::span(first_frames).first(count));
    for (std::size_t i = 0; i < count; ++i) first_frames[i] = start_[i] * std::exp(first_frames[i]);
  }
  advance_all(is_first ? first_frames.data() : lifted_.data(), rate_.data(), keep_.data(), room_level_,
              common, is_first ? 0.0F : elapsed_s, count_, room_.data(), power_.data());
}

void Rings::slopes(float common, std::span<const float> room_rate, std::span<float> out) const {
  all_slopes(power_.data(), room_.data(), rate_.data(), room_rate.data(), room_level_, common, count_,
             out.data());
}

bool Rings::sounds(int i, float ceiling, float elapsed_s, float least) const {
  const auto at = static_cast<std::size_t>(i);
  const float direct = ceiling * lifted_[at] * std::exp(-rate_[at] * elapsed_s);
  return direct + room_level_ * std::max(room_[at], direct) > least;
}

void Rings::move(int from, int to) {
  for (Row* row : {&start_, &lifted_, &rate_, &keep_, &room_, &power_})
    (*row)[static_cast<std::size_t>(to)] = (*row)[static_cast<std::size_t>(from)];
}

void Rings::resize(int count) {
  for (Row* row : {&start_, &lifted_, &rate_, &keep_, &room_, &power_})
    std::fill(row->begin() + count, row->begin() + count_, 0.0F);
  count_ = count;
}

}  // namespace ictus::synthesis
