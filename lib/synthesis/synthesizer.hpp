// Events as samples: sinusoids whose phases are known, shaped noise, and the projection of both.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "lib/synthesis/event_sound.hpp"
#include "lib/synthesis/moving_tones.hpp"
#include "lib/synthesis/oscillators.hpp"
#include "lib/synthesis/pan.hpp"
#include "lib/synthesis/projection.hpp"
#include "lib/synthesis/shaped_noise.hpp"
#include "lib/synthesis/starting_phases.hpp"

namespace ictus::synthesis {

struct SynthesizerSettings {
  int sample_rate_hz = 44100;
  int channels = 1;  ///< or 2
  int window_samples = 4096;
  int hop_samples = 1024;  ///< a multiple of NoiseCarrier::kHop
  /// Whether the sum is given the magnitudes of the model. A single event is better off without.
  bool projects = true;
};

/// A stream: memory grows with the number of events that sound at once, not with length. The samples are the
/// same however render() is called.
class Synthesizer {
 public:
  /// Throws ictus::Error for settings that cannot be.
  explicit Synthesizer(const SynthesizerSettings& settings);

  /// Events come in order of their onsets; EventSound::onset_s is not looked at. Throws ictus::Error for one
  /// that comes too late, or that is not made of numbers.
  void add(const EventSound& sound, std::int64_t onset_samples);

  /// Says that no event will begin before `until_samples`. Returns the samples that are final by that and
  /// were not returned before, channels side by side; they stay until the next call.
  std::span<const float> render(std::int64_t until_samples);
  /// Says that there are no more events. Returns the rest of a stream of this length, all of it: render()
  /// goes before where that is long. When more was handed on
  /// already, nothing.
  std::span<const float> finish(std::int64_t length_samples);

 private:
  struct Tone {
    Oscillators oscillators;
    Gains gains;
    std::int64_t next_sample;  ///< of the stream, at which the next period begins
  };

  void begin(const EventSound& sound, std::int64_t onset_samples);
  void render_hop();
  void add_tones(std::int64_t end);

  SynthesizerSettings settings_;
  std::deque<std::pair<std::int64_t, EventSound>> waiting_;  ///< with their onsets
  StartingPhases starting_phases_;
  std::vector<Tone> tones_;
  ShapedNoise noise_;
  std::optional<MovingTones> moving_;  ///< where the sum is projected
  std::optional<Projection> projection_;
  /// By channel, from rendered_ on: a hop, and what periods reach beyond it.
  std::vector<std::vector<float>> tonal_;
  std::vector<std::vector<float>> hop_;  ///< by channel
  std::vector<float> output_;
  std::size_t taken_ = 0;       ///< numbers at the beginning of output_ that the last call returned
  std::int64_t begun_ = 0;      ///< no event will begin before
  std::int64_t rendered_ = 0;   ///< samples, of the sum
  std::int64_t in_output_ = 0;  ///< samples that went into output_
  std::int64_t handed_on_ = 0;  ///< samples
};

}  // namespace ictus::synthesis
