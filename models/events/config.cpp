#include "models/events/config.hpp"

#include "models/require.hpp"

namespace ictus::models {

void check(const EventModelConfig& c) {
  const dsp::BandSettings& b = c.bands;
  require_within("sample_rate_hz", b.sample_rate_hz, 8000, 192000);
  require_within("fine_window_samples", b.fine_window_samples, 256, 1 << 16);
  require_within("fine_hop_samples", b.fine_hop_samples, 16, b.fine_window_samples / 2);
  require_within("coarse_window_samples", b.coarse_window_samples, 64, b.fine_window_samples);
  require_within("coarse_hop_samples", b.coarse_hop_samples, 16, b.coarse_window_samples);
  require_within("linear_bands", b.linear_bands, 1, b.fine_window_samples / 2);
  require_within("fine_bands", b.fine_bands, b.linear_bands + 1, b.fine_window_samples / 2);
  require_within("coarse_bands", b.coarse_bands, 1, b.coarse_window_samples / 2);
  require_within("regions", b.regions, 1, b.coarse_bands);
  require_within("mel_bands", b.mel_bands, 1, b.fine_window_samples / 2);
  require_divides("fine_hop_samples", b.fine_hop_samples, "fine_window_samples", b.fine_window_samples);
  require_divides("coarse_hop_samples", b.coarse_hop_samples, "fine_hop_samples", b.fine_hop_samples);
  require_divides("coarse_window_samples", b.coarse_window_samples, "fine_window_samples",
                  b.fine_window_samples);
  require_divides("regions", b.regions, "coarse_bands", b.coarse_bands);

  require_within("window_samples", c.window_samples, 16 * b.fine_hop_samples, 1 << 22);
  require_divides("twice fine_hop_samples", 2 * b.fine_hop_samples, "window_samples", c.window_samples);
  require_within("encoder_channels", c.encoder_channels, 1, 4096);
  require(!c.encoder_dilations.empty() && c.encoder_dilations.size() <= 64,
          "encoder_dilations must name 1 to 64 layers");
  for (const int dilation : c.encoder_dilations) require_within("encoder_dilations", dilation, 1, 1024);
  require_within("the sum of encoder_dilations", c.encoder_reach_frames(), kGainFrames, c.hop_frames());
  require(!c.look_events.empty() && c.look_events.size() <= 256, "look_events must name 1 to 256 looks");
  // Onsets within one look keep a frame's distance on either side.
  for (const int events : c.look_events) require_within("look_events", events, 1, c.hop_frames() / 3);
  require_within("decoder_hidden", c.decoder_hidden, 1, 1 << 14);
  require_within("resonances", c.resonances, 1, 1 << 16);
  require_within("filter_knots", c.filter_knots, 2, b.fine_bands);
  require_within("attacks", c.attacks, 1, 1 << 12);
  require_within("attack_steps", c.attack_steps, 1, 1 << 12);
  require_within("attack_step_samples", c.attack_step_samples, 1, b.coarse_window_samples);
  require_divides("attack_step_samples", c.attack_step_samples, "coarse_window_samples",
                  b.coarse_window_samples);
  require_within("decays", c.decays, 1, 1 << 12);
  require_within("crossfades", c.crossfades, 1, 1 << 12);
  require_within("rooms", c.rooms, 1, 1 << 12);
  require_within("holds", c.holds, 0, 1 << 12);
  require(c.bend_semitones >= 0.0 && c.bend_semitones <= 12.0, "bend_semitones must be from 0 to 12");
  require_within("contour_points", c.contour_points, 0, 16);
  require_within("vector_levels", c.vector_levels, 1, 127);
}

}  // namespace ictus::models
