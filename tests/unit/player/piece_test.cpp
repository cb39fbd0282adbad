// A piece that changes sounds as if it had always been so.
#include "lib/player/piece.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "lib/synthesis/decoder.hpp"
#include "tests/unit/synthesis/sounds.hpp"

namespace ictus::player {
namespace {

using synthesis::kRate;

constexpr int kChannels = 2;
constexpr std::int64_t kLength = 6 * kRate;

/// Tones, glides and noise, some of which lie over several blocks.
std::vector<Event> some_events() {
  std::vector<Event> events;
  for (int k = 0; k < 24; ++k) {
    Event event = synthesis::plain_event(110.0F * static_cast<float>(1 + k % 7), -12.0F);
    event.onset_samples = k * 10007;
    synthesis::set(event, synthesis::kBalance, k % 3 == 0 ? -10.0F : 20.0F);
    synthesis::set(event, synthesis::kHold, k % 5 == 0 ? 2.0F : 0.3F);
    synthesis::set(event, synthesis::kGlide, k % 4 == 0 ? 5.0F : 0.0F);
    synthesis::set(event, synthesis::kPosition, static_cast<float>(k % 3) - 1.0F);
    events.push_back(event);
  }
  return events;
}

std::vector<float> decoded(const std::vector<Event>& events) {
  std::vector<float> samples;
  synthesis::Decoder decoder(synthesis::random_model(), kChannels, [&](std::span<const float> block) {
    samples.insert(samples.end(), block.begin(), block.end());
  });
  decoder.push({events, kLength});
  decoder.finish(kLength);
  return samples;
}

std::vector<float> played(Piece& piece) {
  std::vector<float> samples;
  for (std::int64_t block = 0; piece.begin_of(block) < kLength; ++block) {
    const auto rendered = piece.render(block);
    CHECK(static_cast<std::int64_t>(rendered.size()) ==
          kChannels * (piece.begin_of(block + 1) - piece.begin_of(block)));
    samples.insert(samples.end(), rendered.begin(), rendered.end());
  }
  samples.resize(static_cast<std::size_t>(kChannels * kLength));
  return samples;
}

}  // namespace

TEST_CASE("a piece is what the decoder makes of it") {
  Piece piece(synthesis::random_model(), kChannels);
  CHECK(piece.set_events(some_events()) == 0);
  CHECK(played(piece) == decoded(some_events()));
}

TEST_CASE("blocks are the same in any order") {
  Piece piece(synthesis::random_model(), kChannels);
  piece.set_events(some_events());
  const std::vector<float> all = decoded(some_events());
  for (const std::int64_t block : {7, 2, 2, 13, 12, 0, 3}) {
    CAPTURE(block);
    const auto rendered = piece.render(block);
    CHECK(std::equal(rendered.begin(), rendered.end(),
                     all.begin() + static_cast<std::ptrdiff_t>(kChannels * piece.begin_of(block))));
  }
}

TEST_CASE("after a change the piece is what it would have been, and what lies before is kept") {
  Piece piece(synthesis::random_model(), kChannels);
  piece.set_events(some_events());
  const std::vector<float> before = played(piece);
  std::vector<Event> events = some_events();
  SUBCASE("louder") { events[15].gain_db += 6.0F; }
  SUBCASE("removed") { events.erase(events.begin() + 15); }
  SUBCASE("one more") { events.insert(events.begin() + 16, events[15]); }
  SUBCASE("later") {
    events[15].onset_samples = events[16].onset_samples + 1;
    std::swap(events[15], events[16]);
  }
  SUBCASE("all of the end removed") { events.resize(15); }
  const std::int64_t changed = piece.set_events(events);
  CHECK(changed == 15 * 10007 / Piece::kStepSamples);
  const std::vector<float> after = played(piece);
  CHECK(after == decoded(events));
  CHECK(after != before);
  const auto kept = static_cast<std::ptrdiff_t>(kChannels * piece.begin_of(changed));
  CHECK(std::equal(before.begin(), before.begin() + kept, after.begin()));
  CHECK(piece.set_events(events) > 1'000'000);
}

TEST_CASE("a long piece is remembered in few places, and goes on from each") {
  Piece piece(synthesis::random_model(), 1);
  std::vector<Event> events;
  for (int k = 0; k < 200; ++k) {
    events.push_back(synthesis::plain_event(200.0F + static_cast<float>(k), -12.0F));
    events.back().onset_samples = k * kRate;
    synthesis::set(events.back(), synthesis::kHold, 12.0F);
    synthesis::set(events.back(), synthesis::kDamping, 3.0F);
    synthesis::set(events.back(), synthesis::kGlide, k % 2 == 0 ? 3.0F : 0.0F);
    synthesis::set(events.back(), synthesis::kRoom, -10.0F);
    synthesis::set(events.back(), synthesis::kRoomTime, 6.0F);
  }
  piece.set_events(events);
  const std::int64_t last = 200 * kRate / Piece::kStepSamples;
  std::vector<float> one;
  for (std::int64_t block = 0; block <= last; ++block) {
    const auto rendered = piece.render(block);
    if (block == 333) one.assign(rendered.begin(), rendered.end());
  }
  const auto again = piece.render(333);
  CHECK(std::equal(one.begin(), one.end(), again.begin(), again.end()));
  // Without having been there before.
  Piece other(synthesis::random_model(), 1);
  other.set_events(events);
  const auto at_once = other.render(333);
  CHECK(std::equal(one.begin(), one.end(), at_once.begin(), at_once.end()));
}

}  // namespace ictus::player
