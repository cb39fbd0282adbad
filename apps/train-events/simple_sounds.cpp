#include "apps/train-events/simple_sounds.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "lib/core/dice.hpp"

namespace ictus::training {
namespace {

constexpr double kLengthS = 3.0;
constexpr double kHighestHz = 20000.0;

/// One sound while it is drawn.
class Drawing {
 public:
  Drawing(int rate_hz, Dice& dice)
      : rate_hz_(rate_hz), dice_(dice), samples_(static_cast<std::size_t>(kLengthS * rate_hz)) {}

  void add_note() {
    const double onset_s = between(0.0, 1.5);
    const double hz = log_between(50.0, 9000.0);
    const int partials = chance(0.3) ? 1 : static_cast<int>(log_between(2.0, 40.0));
    const double slope = between(0.0, 2.0);  // the h-th partial is h to this power weaker
    const bool odd_only = chance(0.15);
    const double glide_octaves = chance(0.15) ? between(-1.0, 1.0) : 0.0;
    const double glide_s = log_between(0.05, 1.0);
    const double swing_octaves = chance(0.15) ? between(10.0, 80.0) / 1200.0 : 0.0;
    const double swing_hz = between(4.0, 8.0);
    const Envelope envelope = drawn_envelope();
    double turns = 0.0;
    for (std::size_t i = index(onset_s); i < samples_.size(); ++i) {
      const double s = seconds(i) - onset_s;
      const double level = envelope.at(s);
      const double octaves = glide_octaves * std::max(0.0, 1.0 - s / glide_s) +
                             swing_octaves * std::sin(2.0 * std::numbers::pi * swing_hz * s);
      const double now_hz = hz * std::exp2(octaves);
      double sum = 0.0;
      for (int h = 1; h <= partials && h * now_hz < kHighestHz; h += odd_only ? 2 : 1)
        sum += std::pow(h, -slope) * std::sin(2.0 * std::numbers::pi * h * turns);
      samples_[i] += static_cast<float>(level * sum);
      turns += now_hz / rate_hz_;
    }
  }

  /// White noise through a low-pass of one pole.
  void add_noise() {
    const double onset_s = between(0.0, 1.5);
    const double keep = std::exp(-2.0 * std::numbers::pi * log_between(200.0, 20000.0) / rate_hz_);
    const Envelope envelope = drawn_envelope();
    double held = 0.0;
    for (std::size_t i = index(onset_s); i < samples_.size(); ++i) {
      held = keep * held + (1.0 - keep) * dice_.normal();
      samples_[i] += static_cast<float>(envelope.at(seconds(i) - onset_s) * held);
    }
  }

  void add_click() { samples_[index(between(0.0, 2.5))] += static_cast<float>(log_between(0.003, 0.9)); }

  [[nodiscard]] std::vector<float> done() {
    float highest = 0.0F;
    for (const float sample : samples_) highest = std::max(highest, std::abs(sample));
    const auto peak = static_cast<float>(log_between(0.003, 0.9));
    for (float& sample : samples_) sample *= peak / std::max(highest, 1e-9F);
    return std::move(samples_);
  }

  [[nodiscard]] bool chance(double probability) { return dice_.uniform() < probability; }

 private:
  struct Envelope {
    double level, attack_s, decay_rate, hold_s, release_s;
    [[nodiscard]] double at(double s) const {
      const double let_go = std::clamp(1.0 - (s - hold_s) / release_s, 0.0, 1.0);
      return level * std::min(1.0, s / attack_s) * std::exp(-decay_rate * s) * let_go;
    }
  };
  Envelope drawn_envelope() {
    // 60 dB are a factor of 1000 of amplitude.
    const double decay_rate = chance(0.4) ? 0.0 : std::log(1000.0) / log_between(0.1, 20.0);
    return {log_between(0.01, 1.0), log_between(0.001, 0.2), decay_rate, log_between(0.05, 3.0),
            log_between(0.01, 0.3)};
  }
  double between(double low, double high) { return low + (high - low) * dice_.uniform(); }
  double log_between(double low, double high) { return low * std::pow(high / low, dice_.uniform()); }
  [[nodiscard]] std::size_t index(double s) const { return static_cast<std::size_t>(s * rate_hz_); }
  [[nodiscard]] double seconds(std::size_t i) const { return static_cast<double>(i) / rate_hz_; }

  double rate_hz_;
  Dice& dice_;
  std::vector<float> samples_;
};

}  // namespace

std::vector<std::vector<float>> simple_sounds(std::size_t count, int rate_hz, std::uint64_t seed) {
  Dice dice(seed);
  std::vector<std::vector<float>> sounds;
  while (sounds.size() < count) {
    Drawing drawing(rate_hz, dice);
    if (!drawing.chance(0.2)) drawing.add_note();
    if (drawing.chance(0.4)) drawing.add_note();
    if (drawing.chance(0.25)) drawing.add_noise();
    if (drawing.chance(0.1)) drawing.add_click();
    std::vector<float> sound = drawing.done();
    if (*std::max_element(sound.begin(), sound.end()) > 0.0F) sounds.push_back(std::move(sound));
  }
  return sounds;
}

}  // namespace ictus::training
