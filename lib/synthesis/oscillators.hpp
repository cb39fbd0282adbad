// The partials of one event as sinusoids whose phases are known.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "lib/synthesis/audible.hpp"
#include "lib/synthesis/event_sound.hpp"
#include "lib/synthesis/rings.hpp"
#include "lib/synthesis/starting_phases.hpp"

namespace ictus::synthesis {

/// A sine that keeps its frequency, over two vectors of kLanes samples.
struct SteadySine {
  static constexpr int kLanes = 16;

  std::array<float, 2 * kLanes> cosine, sine;
  float twice_cosine;  ///< of kLanes samples
};

class Oscillators {
 public:
  static constexpr int kPeriod =
      64;  ///< samples; levels and pitch are computed so often and go straight between

  /// `heard` are the sound's partials, `turns` the phases with which they begin.
  Oscillators(const EventSound& sound, const Partials& heard, int sample_rate_hz, const Turns& turns);

  /// Whether anything is still to come.
  [[nodiscard]] bool sounds() const { return rings_.count() > 0; }
  /// By how many samples the partials are ahead, after this many whole periods, of what they would be if they
  /// had kept their frequencies.
  [[nodiscard]] double lead_samples(std::int64_t periods) const;
  /// The phases of all partials now, in turns.
  [[nodiscard]] std::span<const double> turns() const {
    return std::span(turns_).first(static_cast<std::size_t>(rings_.count()));
  }
  /// The next kPeriod samples; the first call's begin at the onset.
  void render(std::array<float, kPeriod>& samples);

 private:
  using Row = std::array<float, kPartials>;

  struct Instant {
    float elapsed_s;
    float attack;  ///< of power
    float pitch;   ///< factor of all frequencies
  };
  [[nodiscard]] Instant instant(std::int64_t samples) const;
  [[nodiscard]] float level(float elapsed_s) const;
  void find_amplitudes(const Instant& now);
  void drop_silent(float elapsed_s);

  EventSound sound_;
  Ceiling ceiling_;
  float sample_rate_hz_;
  bool moves_;
  bool fades_ = false;  ///< some frequencies may come near half of the sample rate
  float attack_samples_;
  float least_ = 0.0F;       ///< power of what is silent
  std::int64_t passed_ = 0;  ///< samples
  Instant now_{};
  Rings rings_;
  Row speed_{};    ///< turns for each sample
  Turns turns_{};  ///< phases, -0.5..0.5
  Row amplitude_{};
  std::vector<SteadySine> steady_;  ///< unless the pitch moves
};

}  // namespace ictus::synthesis
