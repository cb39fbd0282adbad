#include "lib/compose/instrument.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

#include "formats/number_names.hpp"
#include "lib/compose/standard_places.hpp"
#include "lib/core/error.hpp"
#include "lib/core/pitch.hpp"

namespace ictus::compose {
namespace {

constexpr std::size_t place_of(const char* name) { return formats::standard_place(name).value(); }
constexpr std::size_t kGlidePlace = place_of("glide");
constexpr std::size_t kGlideTimePlace = place_of("glide_time");
constexpr std::size_t kHoldPlace = place_of("hold");
constexpr std::size_t kDecayPlace = place_of("decay");
constexpr std::size_t kPositionPlace = place_of("position");

/// Voices that are weaker than the strongest by more than this are left out; among drums a soft one counts.
constexpr double kWeakestDb = 15.0;
constexpr double kWeakestDrumDb = 25.0;
constexpr double kDbAsFarAsSemitone = 6.0;
constexpr double kOctavesAsFarAsSemitone = 1.0 / 6.0;  // of a drum's brightness
/// What is louder than it was is brighter, as instruments are.
constexpr double kDbAnOctavePerDb = 0.1;
constexpr double kMostDbAnOctave = 4.0;
constexpr double kLeastBend = 0.05;  // semitones

float value_of(const Event& event, std::size_t place) {
  return formats::kStandardNumbers[place].value_of(event.vector[place]);
}
/// Held in its range.
void set(Vector& vector, std::size_t place, double value) {
  const formats::StandardNumber& number = formats::kStandardNumbers[place];
  vector[place] = number.number_of(std::clamp(static_cast<float>(value), number.low, number.high));
}

double key_of(const Event& event) { return key_of_hz(static_cast<double>(value_of(event, kPitchPlace))); }

/// Its energy: gain, and how long it sounds.
double strength_db(const Event& event) {
  constexpr double kNepersIn60Db = 13.8;
  const auto decay_s = static_cast<double>(value_of(event, kDecayPlace)) / kNepersIn60Db;
  const auto hold_s = static_cast<double>(value_of(event, kHoldPlace));
  return static_cast<double>(event.gain_db) +
         10.0 * std::log10(decay_s * (1.0 - std::exp(-hold_s / decay_s)));
}

/// Where the middle of the spectrum of General MIDI's drums lies, roughly, for keys from 35 on, Hz.
constexpr std::array<double, 47> kDrumsHz{
    80,   80,   2000, 1500, 2000, 1500, 120,  8000, 150,  7000, 180,  8000, 220, 260,  5000, 320,
    6000, 5000, 6500, 8000, 6000, 1500, 5000, 4000, 6000, 700,  500,  500,  450, 400,  800,  600,
    2500, 2000, 8000, 9000, 2500, 2500, 4000, 4000, 2500, 2000, 1500, 800,  700, 7000, 7000};
constexpr int kFirstDrum = 35;

double drum_hz(int key) {
  const int place = std::clamp(key - kFirstDrum, 0, static_cast<int>(kDrumsHz.size()) - 1);
  return kDrumsHz[static_cast<std::size_t>(place)];
}

}  // namespace

Instrument::Instrument(std::vector<Voice> voices, bool is_drums, VectorSounds sounds)
    : voices_(std::move(voices)),
      is_drums_(is_drums),
      sounds_(std::move(sounds)),
      loudest_db_(-std::numeric_limits<double>::infinity()) {
  if (!is_drums_) std::erase_if(voices_, [](const Voice& voice) { return is_noise(voice.event.vector); });
  if (voices_.empty())
    throw Error(is_drums_ ? "has no events" : "has no event with a pitch",
                is_drums_ ? "" : "noise can play the notes of drums=");
  double strongest = -std::numeric_limits<double>::infinity();
  for (const Voice& voice : voices_) strongest = std::max(strongest, strength_db(voice.event));
  const double least = strongest - (is_drums_ ? kWeakestDrumDb : kWeakestDb);
  std::erase_if(voices_, [least](const Voice& voice) { return strength_db(voice.event) < least; });
  for (const Voice& voice : voices_)
    loudest_db_ = std::max(loudest_db_, static_cast<double>(voice.event.gain_db));
}

std::size_t Instrument::voice_for(const notes::ScoreNote& note, double gain_db) const {
  const auto away = [&](const Voice& voice) {
    const double pitch = is_drums_
                             ? std::log2(voice.brightness_hz / drum_hz(note.key)) / kOctavesAsFarAsSemitone
                             : key_of(voice.event) - note.key;
    return std::abs(pitch) +
           std::abs(gain_db - static_cast<double>(voice.event.gain_db)) / kDbAsFarAsSemitone;
  };
  const auto nearest = std::min_element(voices_.begin(), voices_.end(),
                                        [&](const Voice& a, const Voice& b) { return away(a) < away(b); });
  return static_cast<std::size_t>(nearest - voices_.begin());
}

double Instrument::made_up_db(std::size_t voice, int key) {
  const auto [known, is_new] = made_up_db_.try_emplace({voice, key}, 0.0);
  if (is_new) {
    Vector vector = voices_[voice].event.vector;
    const double before_db = sounds_.energy_db(vector);
    set(vector, kPitchPlace, hz_of_key(key));
    known->second = before_db - sounds_.energy_db(vector);
  }
  return known->second;
}

std::optional<Event> Instrument::play(const notes::ScoreNote& note) {
  const double gain_db = loudest_db_ + notes::level_of_velocity(note.velocity) + note.level_db;
  const std::size_t place = voice_for(note, gain_db);
  const Voice& voice = voices_[place];
  const double louder_db = gain_db - static_cast<double>(voice.event.gain_db);
  const int half_db = static_cast<int>(
      std::lround(2.0 * std::clamp(kDbAnOctavePerDb * louder_db, -kMostDbAnOctave, kMostDbAnOctave)));
  auto known = brightened_.find({place, half_db});
  if (known == brightened_.end()) {
    known = brightened_.emplace(std::pair{place, half_db}, voice.event.vector).first;
    if (half_db != 0) sounds_.brighten(known->second, 0.5 * half_db);
  }
  Event event{0, static_cast<float>(gain_db), known->second};
  if (note.is_placed) set(event.vector, kPositionPlace, note.position);
  if (is_drums_) return event;

  const double hz = hz_of_key(note.key + note.end_semitones);
  const formats::StandardNumber& pitch = formats::kStandardNumbers[kPitchPlace];
  if (hz < static_cast<double>(pitch.low) || hz > static_cast<double>(pitch.high)) return std::nullopt;
  event.gain_db += static_cast<float>(made_up_db(place, note.key));
  set(event.vector, kPitchPlace, hz);
  set(event.vector, kHoldPlace, note.duration_s);
  const double bend = note.begin_semitones - note.end_semitones;
  set(event.vector, kGlidePlace, std::abs(bend) < kLeastBend ? 0.0 : bend);
  if (std::abs(bend) >= kLeastBend) set(event.vector, kGlideTimePlace, note.bend_s);
  return event;
}

}  // namespace ictus::compose
