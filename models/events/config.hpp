// Everything that shapes an event model. It travels inside the weights file; facts that follow from
// it are functions, never constants repeated elsewhere.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "formats/event.hpp"
#include "lib/dsp/bands.hpp"

namespace ictus::dsp {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(BandSettings, sample_rate_hz, fine_window_samples,
                                                fine_hop_samples, coarse_window_samples, coarse_hop_samples,
                                                linear_bands, fine_bands, coarse_bands, regions, mel_bands)

}  // namespace ictus::dsp

namespace ictus::models {

/// An event's gain is said relative to the loudest of a frame and as many that follow it.
inline constexpr int kGainFrames = 3;

struct EventModelConfig {
  std::string id = "events-1";
  dsp::BandSettings bands;

  int window_samples = 1 << 17;  ///< events begin in its first half; the second half holds their tails
  int encoder_channels = 192;
  std::vector<int> encoder_dilations = {1, 2, 4, 8, 16, 1};
  /// The encoder looks at what is left as often as there are numbers here, and proposes so many events.
  std::vector<int> look_events = {8, 8, 8, 8};

  int decoder_hidden = 384;
  int resonances = 768;    ///< learned spectra to choose from
  int filter_knots = 24;   ///< points of an event's own equaliser
  int attacks = 64;        ///< learned attack envelopes to choose from
  int attack_steps = 128;  ///< their length
  int attack_step_samples = 128;
  int decays = 48;      ///< learned sets of decay rates per region
  int crossfades = 16;  ///< learned times from the first to the second resonance
  int rooms = 16;       ///< learned room responses
  int holds = 0;        ///< learned times after which a sound is damped, and how fast; none: it rings on
  double bend_semitones = 0.0;  ///< by how much a spectrum may be moved up or down
  int contour_points = 0;       ///< of an event's own curve of loudness, see envelopes.hpp; none: it is even
  int vector_levels = 127;      ///< a number of a vector is stored as a part of so many

  [[nodiscard]] int hop_samples() const { return window_samples / 2; }
  [[nodiscard]] int hop_frames() const { return hop_samples() / bands.fine_hop_samples; }
  /// Frames to either side that bear on what the encoder says of a frame.
  [[nodiscard]] int encoder_reach_frames() const {
    int reach = 0;
    for (const int dilation : encoder_dilations) reach += dilation;
    return reach;
  }
  /// Frames that the encoder needs to see: later ones cannot bear on an onset in the first half.
  [[nodiscard]] int seen_frames() const { return hop_frames() + encoder_reach_frames(); }
  /// The most events in one hop.
  [[nodiscard]] int events_per_hop() const {
    int sum = 0;
    for (const int events : look_events) sum += events;
    return sum;
  }
  [[nodiscard]] int coarse_per_fine() const { return bands.fine_hop_samples / bands.coarse_hop_samples; }
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(EventModelConfig, id, bands, window_samples, encoder_channels,
                                                encoder_dilations, look_events, decoder_hidden, resonances,
                                                filter_knots, attacks, attack_steps, attack_step_samples,
                                                decays, crossfades, rooms, holds, bend_semitones,
                                                contour_points, vector_levels)

/// Throws ictus::Error that names the first value that is out of range or does not fit another.
void check(const EventModelConfig& config);

}  // namespace ictus::models
