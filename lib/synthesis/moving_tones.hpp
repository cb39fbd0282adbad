// Partials whose pitch moves, as samples for a projection: by way of spectra of short frames.
#pragma once

#include <cstdint>
#include <vector>

#include "lib/synthesis/audible.hpp"
#include "lib/synthesis/event_sound.hpp"
#include "lib/synthesis/fourier.hpp"
#include "lib/synthesis/masking.hpp"
#include "lib/synthesis/oscillators.hpp"
#include "lib/synthesis/pan.hpp"
#include "lib/synthesis/rings.hpp"

namespace ictus::synthesis {

/// After Rodet and Depalle (1992): the lobes of all partials are added up in the bins of a frame, and one
/// transform makes samples of them. A partial's pitch goes in a straight line within a frame, nearly: what is
/// left is some 45 dB below it, under magnitudes that a projection sets. The beginning of an event is made by
/// its oscillators.
class MovingTones {
 public:
  static constexpr int kWindow = 1024;
  static constexpr int kHop = 256;

  MovingTones(int sample_rate_hz, int channels);

  /// Whether no partial of the event moves too fast for frames.
  [[nodiscard]] bool can_make(const EventSound& sound, const Partials& heard) const;
  /// `turns` are the phases with which partials begin. It begins in what is rendered next.
  void add(const EventSound& sound, const Partials& heard, std::int64_t onset_samples, const Turns& turns);
  /// Adds the next `count` samples, a multiple of kHop, to each channel. All events that begin before their
  /// end have been added. What is masked is left out, but for the beginnings of events.
  void render(int count, std::vector<std::vector<float>>& channels, const Masking& masking);

 private:
  struct Event {
    EventSound sound;
    Ceiling ceiling;
    Oscillators opening;
    Rings rings;
    std::vector<float> speed;   ///< of the rings, turns for each sample
    std::vector<double> turns;  ///< of the rings, at the onset
    Gains gains;
    float least;
    std::int64_t onset_samples;
    std::int64_t next_opening;  ///< sample at which the opening's next period begins
    std::int64_t first_frame;   ///< of those that follow the opening
    std::int64_t next_frame;    ///< to which the rings are advanced
    double passed = 0.0;     ///< samples of a pitch that does not move, up to the middle of the latest frame
    double passed_at = 0.0;  ///< that middle, samples after the onset
  };

  void add_opening(Event& event, std::int64_t end, std::vector<std::vector<float>>& channels);
  void add_frame(Event& event, std::int64_t frame, const Masking& masking);
  [[nodiscard]] bool is_masked(const Event& event, std::size_t partial, float hz,
                               const Masking& masking) const;
  void drop_silent(Event& event, float elapsed_s);
  void add_samples(std::int64_t frame);

  int sample_rate_hz_;
  Fourier fourier_;
  Spectrum spectrum_;
  std::vector<Spectrum> lobes_;  ///< by channel, with room for what reaches below 0 and beyond the last bin
  bool sounds_ = false;          ///< whether lobes_ hold anything
  std::vector<float> frame_;
  std::vector<float> shape_;  ///< [2 kHop] from the middle of a frame's window to a triangle
  std::vector<Event> events_;
  std::vector<std::vector<float>> sum_;       ///< by channel, from rendered_ - kHop on
  std::vector<std::vector<float>> openings_;  ///< by channel, from rendered_ on
  std::int64_t rendered_ = 0;
  std::int64_t next_frame_ = 0;
};

}  // namespace ictus::synthesis
