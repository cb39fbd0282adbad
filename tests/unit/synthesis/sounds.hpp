// Events for tests, what they are rendered to, and what is in that.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "lib/synthesis/event_model.hpp"
#include "lib/synthesis/event_sound.hpp"
#include "lib/synthesis/synthesizer.hpp"

namespace ictus::synthesis {

inline constexpr int kRate = 44100;

/// One partial of full scale that is there within 2 ms, neither moves nor dies away, dry, in the middle.
EventSound steady_tone(float hz);
/// Noise of density 1 / 20 kHz throughout, and no partials that could be heard.
EventSound steady_noise();
/// Ten partials and some noise, and everything that moves or ends: a sound in which all parts have a part.
EventSound lively(float hz);

/// A model whose partials are as loud as each other, its noise flat over frequency, and nothing of it
/// learned.
std::shared_ptr<const EventModel> plain_model();
/// The same with one partial alone, number `partial`, up to the eighth.
std::shared_ptr<const EventModel> one_partial_model(std::size_t partial = 1);
/// One with weights by chance: every event sounds another way.
std::shared_ptr<const EventModel> random_model();
/// An event at the beginning that is held for 0.5 s, without motion or room, in the middle, of these partials
/// alone.
Event plain_event(float hz, float gain_db);
/// Gives a named number its value.
void set(Event& event, NumberPlace place, float value);

using Placed = std::pair<std::int64_t, EventSound>;
std::vector<float> rendered(const std::vector<Placed>& events, std::int64_t length_samples,
                            const SynthesizerSettings& settings);
/// One event at the beginning, in one channel, without projection.
std::vector<float> rendered(const EventSound& sound, double seconds);
/// Channel `c` of two.
std::vector<float> channel(const std::vector<float>& samples, std::size_t c);

/// Amplitude of a sine of this frequency in a part of the samples, through a window of Hann's.
double amplitude_at(const std::vector<float>& samples, double hz, double from_s, double to_s);
/// Its phase at `from_s`, in turns.
double phase_at(const std::vector<float>& samples, double hz, double from_s, double to_s);
/// Twice the mean square, which is 1 for a sine of full scale.
double power_of(const std::vector<float>& samples, double from_s, double to_s);
/// Mean frequency by rising crossings of zero.
double crossing_hz(const std::vector<float>& samples, double from_s, double to_s);
double decibels(double power_ratio);

}  // namespace ictus::synthesis
