#include "lib/train/sound_changes.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace ictus::train {
namespace {

float pole_of(double corner_hz, int sample_rate_hz) {
  return static_cast<float>(std::exp(-2.0 * std::numbers::pi * corner_hz / sample_rate_hz));
}

}  // namespace

double uniform(std::mt19937_64& random, double low, double high) {
  return std::uniform_real_distribution<double>(low, high)(random);
}

bool chance(std::mt19937_64& random, double share) { return uniform(random, 0.0, 1.0) < share; }

double power(const std::vector<float>& x) {
  double sum = 0.0;
  for (const float v : x) sum += static_cast<double>(v) * v;
  return sum / static_cast<double>(std::max<std::size_t>(1, x.size()));
}

float peak(const std::vector<float>& x) {
  float most = 0.0F;
  for (const float v : x) most = std::max(most, std::abs(v));
  return most;
}

void add_noise_floor(std::vector<float>& x, std::mt19937_64& random, double level) {
  std::normal_distribution<float> normal;
  const float pole = static_cast<float>(uniform(random, 0.0, 0.97));
  const float gain = static_cast<float>(level) * std::sqrt(1.0F - pole * pole);
  float state = 0.0F;
  for (float& v : x) {
    state = pole * state + gain * normal(random);
    v += state;
  }
}

void add_rumble(std::vector<float>& x, std::mt19937_64& random, double level, int sample_rate_hz) {
  std::normal_distribution<float> normal;
  const double corner_hz = 10.0 * std::pow(6.0, uniform(random, 0.0, 1.0));
  const float pole = pole_of(corner_hz, sample_rate_hz);
  const float gain = static_cast<float>(level) * (1.0F - pole * pole);
  const float offset = static_cast<float>(level * uniform(random, -0.3, 0.3));
  float first = 0.0F;
  float second = 0.0F;
  for (float& v : x) {  // two poles, so that what lies above stays clean
    first = pole * first + gain * normal(random);
    second = pole * second + std::sqrt(1.0F - pole) * first;
    v += second + offset;
  }
}

void tilt(std::vector<float>& x, std::mt19937_64& random, int sample_rate_hz, double most_db) {
  const double corner_hz = 200.0 * std::pow(20.0, uniform(random, 0.0, 1.0));
  const float pole = pole_of(corner_hz, sample_rate_hz);
  const float amount = static_cast<float>(std::pow(10.0, uniform(random, -most_db, most_db) / 20.0) - 1.0);
  float low = 0.0F;
  for (float& v : x) {  // the low-passed part is added to the sound, or taken from it
    low = pole * low + (1.0F - pole) * v;
    v += amount * low;
  }
}

void low_pass(std::vector<float>& x, double corner_hz, int sample_rate_hz) {
  const float pole = pole_of(corner_hz, sample_rate_hz);
  float low = 0.0F;
  for (float& v : x) {
    low = pole * low + (1.0F - pole) * v;
    v = low;
  }
}

void high_pass(std::vector<float>& x, double corner_hz, int sample_rate_hz) {
  const float pole = pole_of(corner_hz, sample_rate_hz);
  float low = 0.0F;
  for (float& v : x) {
    low = pole * low + (1.0F - pole) * v;
    v -= low;
  }
}

void add_room(std::vector<float>& x, std::mt19937_64& random, double decay_s, double level,
              int sample_rate_hz) {
  constexpr int kCombs = 4;
  std::vector<float> room(x.size(), 0.0F);
  for (int comb = 0; comb < kCombs; ++comb) {
    const double delay_s = uniform(random, 0.030, 0.045);
    const auto delay = static_cast<std::size_t>(delay_s * sample_rate_hz);
    const auto kept = static_cast<float>(std::pow(10.0, -3.0 * delay_s / decay_s));
    std::vector<float> line(x.size(), 0.0F);
    for (std::size_t i = delay; i < x.size(); ++i) {
      line[i] = x[i - delay] + kept * line[i - delay];
      room[i] += line[i];
    }
  }
  const double own = power(room);
  if (own <= 0.0) return;
  const auto gain = static_cast<float>(level * std::sqrt(power(x) / own));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] += gain * room[i];
}

void release(std::vector<float>& x, double start_s, double decay_s, int sample_rate_hz) {
  const auto start = static_cast<std::size_t>(start_s * sample_rate_hz);
  const auto kept = static_cast<float>(std::pow(10.0, -3.0 / (decay_s * sample_rate_hz)));
  float gain = 1.0F;
  for (std::size_t i = start; i < x.size(); ++i) {
    gain = gain > 1e-6F ? gain * kept : 0.0F;
    x[i] *= gain;
  }
}

}  // namespace ictus::train
