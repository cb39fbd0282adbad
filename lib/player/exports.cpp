// What a page calls of the player: numbers and places in memory are all that goes to and fro.
//
// Compiled to WebAssembly alone. One module is one player; the page that calls it gives what makes sense, and
// what is thrown in spite of that ends the module, which the page tells.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "lib/player/midi.hpp"
#include "lib/player/piece.hpp"
#include "lib/synthesis/describe.hpp"
#include "lib/synthesis/solo.hpp"

#define ICTUS_EXPORT(name) extern "C" __attribute__((export_name(#name)))

using namespace ictus;

namespace {

struct Player {
  std::shared_ptr<const synthesis::EventModel> model;
  int channels = 1;
  std::unique_ptr<player::Piece> piece;
  std::map<int, synthesis::Solo> solos;
  int next_solo = 0;
  std::vector<Event> events;
  std::span<const float> samples;
  std::vector<double> description;
  std::string bytes;
};

Player& the_player() {
  static Player player;
  return player;
}

Event event_at(double onset_samples, float gain_db, const float* vector) {
  Event event;
  event.onset_samples = static_cast<std::int64_t>(onset_samples);
  event.gain_db = gain_db;
  std::copy_n(vector, kEventVectorSize, event.vector.begin());
  return event;
}

int samples_given(std::span<const float> samples) {
  the_player().samples = samples;
  return static_cast<int>(samples.size()) / the_player().channels;
}

}  // namespace

// The libraries of WebAssembly come without exceptions.
extern "C" {
void* __cxa_allocate_exception(std::size_t) { __builtin_trap(); }
void __cxa_free_exception(void*) { __builtin_trap(); }
void __cxa_throw(void*, void*, void (*)(void*)) { __builtin_trap(); }
}

ICTUS_EXPORT(allocate) void* allocate(std::size_t bytes) { return std::malloc(bytes); }
ICTUS_EXPORT(release) void release(void* memory) { std::free(memory); }

/// `weights` are those of the network of timbres, in the order in which it holds them.
ICTUS_EXPORT(open) void open_player(const float* weights, std::size_t count, int channels) {
  auto model = std::make_shared<synthesis::EventModel>();
  model->timbre = synthesis::TimbreNetwork(std::vector<float>(weights, weights + count));
  Player& player = the_player();
  player.model = std::move(model);
  player.channels = channels;
  player.piece = std::make_unique<player::Piece>(player.model, channels);
}

/// Events in order of onset: [count], [count], [count, 32]. Returns the first block that sounds different.
ICTUS_EXPORT(set_events)
double set_events(const double* onsets_samples, const float* gains_db, const float* vectors,
                  std::size_t count) {
  std::vector<Event> events;
  for (std::size_t i = 0; i < count; ++i)
    events.push_back(event_at(onsets_samples[i], gains_db[i], vectors + i * kEventVectorSize));
  the_player().events = events;
  return static_cast<double>(the_player().piece->set_events(std::move(events)));
}

/// Returns how many samples of each channel lie at samples(), side by side.
ICTUS_EXPORT(render) int render(double block) {
  return samples_given(the_player().piece->render(static_cast<std::int64_t>(block)));
}
ICTUS_EXPORT(samples) const float* samples() { return the_player().samples.data(); }

/// Begins an event by itself. Returns its number.
ICTUS_EXPORT(begin_solo)
int begin_solo(const float* vector, float gain_db, double audible_db, double most_seconds) {
  Player& player = the_player();
  player.solos.emplace(player.next_solo,
                       synthesis::Solo(player.model->sound_of(event_at(0.0, gain_db, vector)),
                                       player.channels, audible_db, most_seconds));
  return player.next_solo++;
}
ICTUS_EXPORT(solo_samples) double solo_samples(int solo) {
  return static_cast<double>(the_player().solos.at(solo).length_samples());
}
/// Returns how many samples of each channel lie at samples(), `count` at most.
ICTUS_EXPORT(render_solo) int render_solo(int solo, int count) {
  return samples_given(the_player().solos.at(solo).render(count));
}
ICTUS_EXPORT(end_solo) void end_solo(int solo) { the_player().solos.erase(solo); }

/// What an event sounds like: seconds, dB, Hz (0: no pitch), dB, Hz, seconds, as in EventDescription.
ICTUS_EXPORT(describe) const double* describe(const float* vector, float gain_db) {
  Player& player = the_player();
  const Event event = event_at(0.0, gain_db, vector);
  const auto heard = synthesis::describe(*player.model, std::span(&event, 1)).front();
  player.description = {heard.duration_s, heard.loudness_db,   heard.pitch_hz,
                        heard.tonal_db,   heard.brightness_hz, heard.decay_s};
  return player.description.data();
}

/// Writes the events as a MIDI file to bytes(). Returns how long it is, 0 where none has a pitch.
ICTUS_EXPORT(midi) std::size_t midi(const char* title, std::size_t title_bytes, double sample_rate_hz) {
  Player& player = the_player();
  player.bytes = player::midi_of(*player.model, player.events, sample_rate_hz, {title, title_bytes}, false);
  return player.bytes.size();
}
ICTUS_EXPORT(bytes) const char* bytes() { return the_player().bytes.data(); }
