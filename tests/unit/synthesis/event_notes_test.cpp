#include "lib/synthesis/event_notes.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

namespace ictus::synthesis {
namespace {

struct Heard {
  double onset_s, pitch_hz, loudness_db;
  double duration_s = 1.0;
  double tonal_db = 0.0;
  double first_hz = 0.0;
};

std::vector<EventNote> notes(const std::vector<Heard>& events) {
  std::vector<double> onsets_s;
  std::vector<EventDescription> heard;
  for (const Heard& event : events) {
    onsets_s.push_back(event.onset_s);
    EventDescription one;
    one.pitch_hz = event.pitch_hz;
    one.loudness_db = event.loudness_db;
    one.duration_s = event.duration_s;
    one.tonal_db = event.tonal_db;
    one.first_hz = event.first_hz;
    heard.push_back(one);
  }
  return notes_among(onsets_s, heard);
}

/// The places of those that are notes.
std::vector<std::size_t> places(const std::vector<Heard>& events) {
  std::vector<std::size_t> result;
  for (const EventNote& note : notes(events)) result.push_back(note.event);
  return result;
}

std::size_t loudest_place(const std::vector<Heard>& events) {
  const std::vector<EventNote> found = notes(events);
  return std::max_element(found.begin(), found.end(),
                          [](const EventNote& a, const EventNote& b) { return a.level_db < b.level_db; })
      ->event;
}

using Places = std::vector<std::size_t>;

TEST_CASE("tones one after the other are notes, noise is none") {
  CHECK(places({{0.0, 220.0, -20.0}, {0.1, 0.0, -10.0}, {0.5, 220.0, -25.0}, {1.0, 330.0, -20.0}}) ==
        Places{0, 2, 3});
  CHECK(places({}) == Places{});
}

TEST_CASE("a key sounds once in a moment, by its louder event") {
  CHECK(places({{0.0, 220.0, -20.0}, {0.05, 221.0, -12.0}}) == Places{1});
  CHECK(places({{0.0, 220.0, -20.0}, {0.1, 221.0, -12.0}}) == Places{0, 1});
}

TEST_CASE("a softer partial that begins with a tone is a part of it, a tone as loud is another note") {
  CHECK(places({{0.0, 220.0, -20.0}, {0.03, 660.0, -24.0}}) == Places{0});
  CHECK(places({{0.0, 220.0, -20.0}, {0.03, 660.0, -22.0}}) == Places{0, 1});
  CHECK(places({{0.0, 220.0, -20.0}, {0.06, 660.0, -24.0}}) == Places{0, 1});
  CHECK(places({{0.0, 220.0, -20.0}, {0.03, 700.0, -24.0}}) == Places{0, 1});
  // So is a tone below, of which it would be a partial, if it is far softer.
  CHECK(places({{0.0, 110.0, -33.0}, {0.03, 220.0, -20.0}}) == Places{1});
  CHECK(places({{0.0, 110.0, -24.0}, {0.03, 220.0, -20.0}}) == Places{0, 1});
}

TEST_CASE("the knock with which a tone begins is no note, however loud, a short tone by itself is") {
  CHECK(places({{0.0, 150.0, -10.0, 0.3}, {0.02, 3520.0, -30.0}}) == Places{1});
  CHECK(places({{0.0, 150.0, -10.0, 0.3}, {0.02, 3520.0, -50.0}}) == Places{0});
  CHECK(places({{0.0, 150.0, -10.0, 0.3}, {0.02, 3520.0, -14.0, 0.4}}) == Places{0, 1});
  CHECK(places({{0.0, 150.0, -10.0, 0.3}, {0.1, 3520.0, -14.0}}) == Places{0, 1});
}

TEST_CASE("a tone whose partials are louder than it is the note, unless it is far softer or much shorter") {
  CHECK(loudest_place({{0.0, 73.4, -26.0}, {0.01, 220.2, -20.0}}) == 0);
  CHECK(loudest_place({{0.0, 73.4, -34.0}, {0.01, 220.2, -20.0}}) == 1);
  CHECK(loudest_place({{0.0, 73.4, -26.0, 0.4}, {0.01, 220.2, -20.0}}) == 1);
  CHECK(loudest_place({{0.0, 73.4, -26.0}, {0.1, 220.2, -20.0}}) == 1);
}

TEST_CASE("two events that have the partials of one tone between them are one note, its lowest") {
  CHECK(places({{0.0, 92.0, -26.0}, {0.01, 184.0, -10.0, 1.0, 0.0, 92.0}}) == Places{0});
  CHECK(places({{0.0, 92.0, -26.0}, {0.01, 184.0, -10.0, 1.0, 0.0, 184.0}}) == Places{1});
  CHECK(places({{0.0, 92.0, -32.0}, {0.01, 184.0, -10.0, 1.0, 0.0, 92.0}}) == Places{1});
  CHECK(places({{0.0, 92.0, -20.0}, {0.1, 184.0, -10.0, 1.0, 0.0, 92.0}}) == Places{0, 1});
}

TEST_CASE("what is far softer than what is heard around it is no note") {
  CHECK(places({{0.0, 220.0, -20.0}, {1.0, 300.0, -36.0}, {4.0, 300.0, -36.0}}) == Places{0, 2});
}

TEST_CASE("a short or noisy sound is softer than its loudest moment says") {
  // 50 ms in place of 500 ms are 10 dB, and a tenth of tone is as many.
  CHECK(places({{0.0, 220.0, -20.0}, {1.0, 300.0, -30.0, 0.05}}) == Places{0});
  CHECK(places({{0.0, 220.0, -20.0}, {1.0, 300.0, -30.0, 1.0, -10.0}}) == Places{0});
  CHECK(places({{0.0, 220.0, -20.0}, {1.0, 300.0, -30.0}}) == Places{0, 1});
}

}  // namespace
}  // namespace ictus::synthesis
