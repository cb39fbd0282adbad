// Puts the phases of what sounds under the magnitudes of the model: where sinusoids of near frequencies would
// beat, and where noise fluctuates, power is then what the model says.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "lib/synthesis/band_view.hpp"
#include "lib/synthesis/event_sound.hpp"
#include "lib/synthesis/fourier.hpp"
#include "lib/synthesis/frame_power.hpp"
#include "lib/synthesis/masking.hpp"
#include "lib/synthesis/oscillators.hpp"
#include "lib/synthesis/pan.hpp"

namespace ictus::synthesis {

/// One transform there and back, a window of Hann's with four hops or more. What comes out lags behind.
/// Silence before an onset stays silence.
class Projection {
 public:
  Projection(int sample_rate_hz, int channels, int window_samples, int hop_samples);

  /// Whether the partials of an event need not be in what is pushed: where they keep their frequencies, their
  /// spectrum is known without samples.
  [[nodiscard]] bool makes_partials(const EventSound& sound) const;
  /// `heard` are the sound's partials; `turns` the phases with which they begin.
  void add(const EventSound& sound, const Partials& heard, std::int64_t onset_samples, const Turns& turns);
  /// Takes the next hop of each channel and replaces it by the hop delay_samples() earlier. All events that
  /// begin before its end have been added.
  void push(std::vector<std::vector<float>>& hop);
  /// What is masked by the latest frame.
  [[nodiscard]] const Masking& masking() const { return masking_; }
  [[nodiscard]] int delay_samples() const { return view_->window_samples - view_->hop_samples; }

 private:
  /// What partials sound like at first, as they begin and glide.
  struct Opening {
    Oscillators oscillators;
    std::int64_t next_sample;    ///< of the stream, at which the next period begins
    std::int64_t end_samples;    ///< of the stream: windows that begin from there on need it no more
    std::vector<float> samples;  ///< the window that ends with the latest hop, and what periods reach beyond
  };
  struct Event {
    FramePower power;
    Gains factors;  ///< of power
    Gains gains;    ///< of amplitude
    bool makes_partials;
    std::optional<Opening> opening;
  };

  void find_power(std::int64_t frame);
  void add_opening(Opening& opening, const Gains& gains);
  void find_spectra(std::int64_t frame);
  void project(std::size_t channel);

  std::shared_ptr<const BandView> view_;  ///< what events keep a pointer to, in copies too
  Fourier fourier_;
  std::vector<Spectrum> spectra_;  ///< by channel
  std::vector<float> analysis_window_, synthesis_window_;
  std::vector<float> frame_;
  std::vector<std::vector<float>> window_;  ///< by channel, in_ and the openings
  std::vector<Event> events_;
  std::vector<std::vector<float>> power_;  ///< by channel, [bins] of the model
  Masking masking_;                        ///< by the frame before
  std::vector<std::vector<float>> in_;     ///< by channel, the window that ends with the latest hop
  std::vector<std::vector<float>> out_;    ///< by channel, the sum of frames over the same time
  std::vector<std::size_t> silence_;       ///< by channel, samples of the window before anything sounds
  std::int64_t hops_ = 0;                  ///< taken
  int silent_hops_;                        ///< at the end of what was taken
};

}  // namespace ictus::synthesis
