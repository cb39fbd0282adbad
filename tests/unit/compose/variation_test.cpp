#include "lib/compose/variation.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "helpers.hpp"
#include "tests/unit/events_of.hpp"

namespace ictus::compose {
namespace {

using tests::events_of;
using Onsets = std::vector<std::int64_t>;

constexpr std::uint64_t kLength = 300'000;

/// Three blocks with onsets in steps of 64 samples, as an encoder writes them.
std::vector<EventBlock> example() {
  std::vector<EventBlock> blocks;
  for (std::int64_t block = 0; block < 5; ++block) {
    EventBlock one{{}, (block + 1) * 65536};
    for (std::int64_t i = 0; i < 20; ++i) {
      one.events.push_back(event_at(block * 65536 + 64 * (50 * i + 3), -10.0F - static_cast<float>(i),
                                    static_cast<float>(i) / 32.0F));
    }
    blocks.push_back(one);
  }
  return blocks;
}

struct Varied {
  Collector out;
  std::uint64_t length = 0;
  VariationCounts counts;
};

Varied varied(VariationSettings settings, const formats::EventCoding& coding = {}) {
  Varied result;
  Variation variation(std::move(settings), coding, result.out.take());
  for (const EventBlock& block : example()) variation.push(block);
  result.length = variation.finish(kLength);
  result.counts = variation.counts();
  return result;
}

bool are_equal(const std::vector<Event>& a, const std::vector<Event>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Event& x, const Event& y) {
    return x.onset_samples == y.onset_samples && x.gain_db == y.gain_db && x.vector == y.vector;
  });
}

/// One event in `step`, by its number; `firsts` are the numbers that blocks begin with.
Chooser one_in(std::uint64_t step, std::uint64_t remainder, std::vector<std::uint64_t>& firsts) {
  return [=, &firsts](std::span<const Event> events, std::uint64_t first) {
    firsts.push_back(first);
    std::vector<bool> chosen;
    for (std::size_t i = 0; i < events.size(); ++i) chosen.push_back((first + i) % step == remainder);
    return chosen;
  };
}

/// Whether onsets are whole steps from the start of their block.
bool lie_on_steps(const std::vector<EventBlock>& blocks, std::int64_t step) {
  std::int64_t start = 0;
  for (const EventBlock& block : blocks) {
    for (const Event& event : block.events) {
      if ((event.onset_samples - start) % step != 0) return false;
    }
    start = block.end_samples;
  }
  return true;
}

TEST_CASE("with nothing to do every block stays as it is") {
  const Varied same = varied({});
  const std::vector<EventBlock> blocks = example();
  REQUIRE(same.out.blocks.size() == blocks.size());
  for (std::size_t i = 0; i < blocks.size(); ++i)
    CHECK(same.out.blocks[i].end_samples == blocks[i].end_samples);
  CHECK(are_equal(same.out.events, events_of(blocks)));
  CHECK(same.length == kLength);
}

TEST_CASE("a shift moves all onsets by the same and keeps them on their steps") {
  for (const std::int64_t shift : {1L, 64L, 33'075L, 200'000L, -1L, -100L, -65'536L, -70'001L, -200'000L}) {
    VariationSettings settings;
    settings.shift_samples = shift;
    const Varied moved = varied(settings);
    Onsets expected;
    for (const std::int64_t onset : onsets_of(events_of(example()))) {
      if (onset + shift >= 0) expected.push_back(onset + shift);
    }
    CHECK(onsets_of(moved.out.events) == expected);
    CHECK(moved.counts.before_start == 100 - expected.size());
    CHECK(lie_on_steps(moved.out.blocks, 64));
    CHECK(moved.length == static_cast<std::uint64_t>(static_cast<std::int64_t>(kLength) + shift));
  }
}

TEST_CASE("there and back is where it was") {
  VariationSettings there;
  there.shift_samples = 33'075;
  VariationSettings back;
  back.shift_samples = -33'075;
  Collector out;
  Variation second(back, {}, out.take());
  for (const EventBlock& block : varied(there).out.blocks) second.push(block);
  CHECK(second.finish(kLength + 33'075) == kLength);
  CHECK(are_equal(out.events, events_of(example())));
  CHECK(lie_on_steps(out.blocks, 64));
}

TEST_CASE("a shift by more than the length leaves nothing") {
  VariationSettings settings;
  settings.shift_samples = -400'000;
  const Varied none = varied(settings);
  CHECK(none.out.events.empty());
  CHECK(none.length == 0);
  CHECK(none.counts.before_start == 100);
}

TEST_CASE("stretching scales onsets and the length, and no more") {
  VariationSettings settings;
  settings.stretch = 1.25;
  settings.shift_samples = 10;
  const Varied slower = varied(settings);
  const std::vector<Event> before = events_of(example());
  REQUIRE(slower.out.events.size() == before.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    CHECK(slower.out.events[i].onset_samples ==
          std::llround(1.25 * static_cast<double>(before[i].onset_samples)) + 10);
    CHECK(slower.out.events[i].vector == before[i].vector);
  }
  CHECK(slower.length == 375'010);
}

TEST_CASE("gain, and only gain, is added") {
  VariationSettings settings;
  settings.gain_db = -6.0F;
  const Varied softer = varied(settings);
  const std::vector<Event> before = events_of(example());
  for (std::size_t i = 0; i < before.size(); ++i) {
    CHECK(softer.out.events[i].gain_db == before[i].gain_db - 6.0F);
    CHECK(softer.out.events[i].vector == before[i].vector);
  }
}

/// Places and ranges as SPEC.md has them: pitch is number 0, 25 Hz to 10500 Hz by ratios; balance number 1.
constexpr double kPitchSemitones = 104.5706;  // 12 log2(10500 / 25)
float number_for_hz(double hz) {
  return static_cast<float>(24.0 * std::log2(hz / 25.0) / kPitchSemitones - 1.0);
}
double hz_for_number(float number) {
  return 25.0 * std::exp2((static_cast<double>(number) + 1.0) * kPitchSemitones / 24.0);
}

Varied varied_block(const VariationSettings& settings, const std::vector<Event>& events) {
  Varied result;
  Variation variation(settings, {}, result.out.take());
  variation.push({events, 65536});
  result.length = variation.finish(65536);
  result.counts = variation.counts();
  return result;
}

TEST_CASE("a transposition moves pitches by its ratio, but not those of noise nor any out of the range") {
  VariationSettings settings;
  settings.transpose_semitones = 12.0;
  std::vector<Event> events = {event_at(0, -10.0F, 0.0F), event_at(1, -10.0F, 0.0F),
                               event_at(2, -10.0F, 0.0F)};
  events[0].vector[0] = number_for_hz(220.0);
  events[1].vector[1] = -0.7F;  // -25 dB: noise
  events[2].vector[0] = number_for_hz(9000.0);
  const Varied result = varied_block(settings, events);
  CHECK(hz_for_number(result.out.events[0].vector[0]) == doctest::Approx(440.0).epsilon(1e-4));
  CHECK(result.out.events[1].vector == events[1].vector);
  CHECK(result.out.events[2].vector == events[2].vector);
  CHECK(result.counts.noise == 1);
  CHECK(result.counts.beyond_range == 1);
  CHECK(result.counts.kept == 3);
}

TEST_CASE("another pitch leaves an event as loud, where it is known how loud it is") {
  VariationSettings settings;
  settings.transpose_semitones = 12.0;
  // An octave is this much of the number: such events become 6 dB softer.
  settings.energy_db = [](const Vector& vector) {
    return -6.0 * static_cast<double>(vector[0]) * kPitchSemitones / 24.0;
  };
  std::vector<Event> events = {event_at(0, -10.0F, 0.0F), event_at(1, -10.0F, 0.0F)};
  events[1].vector[0] = number_for_hz(9000.0);
  const Varied result = varied_block(settings, events);
  CHECK(result.out.events[0].gain_db == doctest::Approx(-4.0).epsilon(1e-4));
  CHECK(result.out.events[1].gain_db == -10.0F);  // it would leave the range, and stays
}

TEST_CASE("tuning goes to the nearest pitch of a scale, after a transposition") {
  VariationSettings settings;
  settings.tune = Scale{};
  for (const std::size_t pitch_class : {2U, 4U, 5U, 7U, 9U, 11U, 0U}) (*settings.tune)[pitch_class] = true;
  std::vector<Event> events;
  for (const double hz : {445.0, 470.0, 311.0, 261.0}) {
    events.push_back(event_at(0, -10.0F, 0.0F));
    events.back().vector[0] = number_for_hz(hz);
  }
  // A4 and 20 cents; B flat 4 and 14 cents, which is nearer to B; D sharp 4 less a cent, nearer to D; C4.
  const double tuned_hz[] = {440.0, 493.883, 293.665, 261.626};
  const Varied result = varied_block(settings, events);
  for (std::size_t i = 0; i < events.size(); ++i)
    CHECK(hz_for_number(result.out.events[i].vector[0]) == doctest::Approx(tuned_hz[i]).epsilon(1e-4));
  // A fourth up from 445 Hz is D5 and 20 cents.
  settings.transpose_semitones = 5.0;
  CHECK(hz_for_number(varied_block(settings, events).out.events[0].vector[0]) ==
        doctest::Approx(587.330).epsilon(1e-4));
}

TEST_CASE("numbers are set or moved, and end where their ranges do") {
  VariationSettings settings;
  settings.changes = {{7, false, 0.5F}, {15, true, -0.25F}};
  std::vector<Event> events = {event_at(0, -10.0F, 0.0F), event_at(1, -10.0F, 0.0F)};
  events[0].vector[7] = 0.25F;
  events[1].vector[7] = 0.75F;
  events[1].vector[15] = 1.0F;
  const Varied result = varied_block(settings, events);
  std::vector<Event> expected = events;
  expected[0].vector[7] = 0.75F;
  expected[1].vector[7] = 1.0F;
  expected[0].vector[15] = expected[1].vector[15] = -0.25F;
  CHECK(are_equal(result.out.events, expected));
  CHECK(result.counts.at_an_end == 1);
}

TEST_CASE("a choice of what is shaped leaves the others as they are") {
  VariationSettings settings;
  settings.gain_db = 3.0F;
  settings.changes = {{15, true, 1.0F}};
  settings.keep = [](std::span<const Event> events, std::uint64_t) {
    return std::vector<bool>(events.size(), true);
  };
  std::vector<std::uint64_t> firsts;
  settings.where = one_in(2, 1, firsts);
  const std::vector<Event> before = events_of(example());
  const Varied result = varied(settings);
  CHECK(firsts == std::vector<std::uint64_t>{0, 20, 40, 60, 80});
  REQUIRE(result.out.events.size() == before.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    CHECK(result.out.events[i].gain_db == before[i].gain_db + (i % 2 == 1 ? 3.0F : 0.0F));
    CHECK(result.out.events[i].vector[15] == (i % 2 == 1 ? 1.0F : before[i].vector[15]));
  }
}

TEST_CASE("onsets are drawn to beats, in order, all the way or in part") {
  VariationSettings settings;
  settings.grid = Grid{1000.0};
  Collector out;
  Variation variation(settings, {}, out.take());
  for (const EventBlock& block : example()) variation.push(block);
  constexpr std::int64_t kEnd = 323'400;  // the last beat before it is drawn to its last sample
  CHECK(variation.finish(kEnd) == kEnd);
  Onsets onsets;
  for (const Event& event : out.events) onsets.push_back(event.onset_samples);
  Onsets expected;
  for (const Event& event : events_of(example()))
    expected.push_back(std::min<std::int64_t>((event.onset_samples + 500) / 1000 * 1000, kEnd - 1));
  CHECK(onsets == expected);

  // Half of the way, with every second beat a quarter of a step later.
  settings.grid = Grid{1000.0, 0.5, 0.25};
  const std::vector<Event> events = {event_at(100, 0.0F, 0.0F), event_at(1150, 0.0F, 0.0F),
                                     event_at(1700, 0.0F, 0.0F), event_at(3250, 0.0F, 0.0F)};
  onsets.clear();
  for (const Event& event : varied_block(settings, events).out.events) onsets.push_back(event.onset_samples);
  CHECK(onsets == Onsets{50, 1200, 1850, 3250});
}

TEST_CASE("what is on a beat may overtake what is not") {
  VariationSettings settings;
  settings.grid = Grid{1000.0};
  settings.where = [](std::span<const Event> events, std::uint64_t) {
    std::vector<bool> is_loud;
    for (const Event& event : events) is_loud.push_back(event.gain_db > -10.0F);
    return is_loud;
  };
  Collector out;
  Variation variation(settings, {}, out.take());
  variation.push({{event_at(65'530, -20.0F, 0.0F)}, 65'536});
  variation.push({{event_at(65'540, 0.0F, 0.0F), event_at(65'600, -20.0F, 0.0F)}, 131'072});
  CHECK(variation.finish(131'072) == 131'072);
  Onsets onsets;
  for (const Event& event : out.events) onsets.push_back(event.onset_samples);
  CHECK(onsets == Onsets{65'530, 65'600, 66'000});
}

TEST_CASE("a perturbation is one step for all events, or one for each") {
  const std::vector<Event> before = events_of(example());
  const auto step_of = [&](const Varied& result, std::size_t i) {
    Vector step;
    for (std::size_t k = 0; k < step.size(); ++k)
      step[k] = result.out.events[i].vector[k] - before[i].vector[k];
    return step;
  };
  VariationSettings settings;
  settings.perturb = 0.05;
  settings.seed = 3;
  const Varied together = varied(settings);
  settings.perturb_each = true;
  const Varied apart = varied(settings);
  double sum_of_squares = 0.0;
  for (const std::size_t i : {1U, 5U, 27U, 45U}) {
    for (std::size_t k = 0; k < kEventVectorSize; ++k) {
      CHECK(step_of(together, i)[k] == doctest::Approx(step_of(together, 2)[k]).epsilon(1e-4));
    }
    CHECK(step_of(apart, i) != step_of(apart, 2));
  }
  for (const Event& event : apart.out.events) {
    for (const float number : event.vector) CHECK(std::abs(number) <= 1.0F);
  }
  for (std::size_t i = 0; i < 100; ++i) {
    for (const float step : step_of(apart, i))
      sum_of_squares += static_cast<double>(step) * static_cast<double>(step);
  }
  CHECK(std::sqrt(sum_of_squares / 3200.0) == doctest::Approx(0.05).epsilon(0.05));
  CHECK(onsets_of(apart.out.events) == onsets_of(before));
}

TEST_CASE("random times are spread evenly, in order, with everything else kept") {
  VariationSettings settings;
  settings.random_times = true;
  settings.seed = 5;
  const Varied one = varied(settings);
  const Varied again = varied(settings);
  settings.seed = 6;
  const Varied other = varied(settings);
  CHECK(are_equal(one.out.events, again.out.events));
  CHECK_FALSE(are_equal(one.out.events, other.out.events));
  REQUIRE(one.out.events.size() == 100);
  CHECK(std::is_sorted(one.out.events.begin(), one.out.events.end(),
                       [](const Event& a, const Event& b) { return a.onset_samples < b.onset_samples; }));
  CHECK(one.out.events.back().onset_samples < static_cast<std::int64_t>(kLength));
  const auto in_first_half = std::count_if(one.out.events.begin(), one.out.events.end(),
                                           [](const Event& event) { return event.onset_samples < 150'000; });
  CHECK(in_first_half > 30);
  CHECK(in_first_half < 70);
  // Gains stay with their vectors.
  for (const Event& event : one.out.events) CHECK(event.gain_db == -10.0F - 32.0F * event.vector[0]);
}

TEST_CASE("what is not chosen is left out, and the choice sees the events' numbers") {
  VariationSettings settings;
  std::vector<std::uint64_t> firsts;
  settings.keep = one_in(10, 0, firsts);
  const Varied some = varied(settings);
  CHECK(firsts == std::vector<std::uint64_t>{0, 20, 40, 60, 80});
  CHECK(some.out.events.size() == 10);
  CHECK(some.counts.seen == 100);
  CHECK(some.counts.kept == 10);
}

TEST_CASE("a morph goes towards the event nearest in time, and begins again where the other ends") {
  VariationSettings settings;
  settings.morph = MorphTarget{{event_at(0, 0, -1.0F), event_at(50'000, 0, 1.0F)}, 100'000, 1.0};
  const Varied all_the_way = varied(settings);
  for (const Event& event : all_the_way.out.events) {
    const std::int64_t within = event.onset_samples % 100'000;
    CHECK(event.vector[7] == (within <= 25'000 ? -1.0F : 1.0F));
  }
  settings.morph->amount = 0.5;
  const Varied half = varied(settings);
  CHECK(half.out.events[16].vector[0] == doctest::Approx((0.5 + 1.0) / 2));
  settings.morph->amount = 0.0;
  CHECK(are_equal(varied(settings).out.events, events_of(example())));
}

TEST_CASE("random vectors are new, gains and times are not") {
  VectorSpread spread;
  for (const Event& event : events_of(example())) spread.add(event.vector);
  VariationSettings settings;
  settings.random_vectors = VectorSource(spread);
  settings.seed = 9;
  const Varied fresh = varied(settings);
  const std::vector<Event> before = events_of(example());
  CHECK(onsets_of(fresh.out.events) == onsets_of(before));
  for (std::size_t i = 0; i < before.size(); ++i) {
    CHECK(fresh.out.events[i].gain_db == before[i].gain_db);
    CHECK(fresh.out.events[i].vector != before[i].vector);
  }
}

}  // namespace
}  // namespace ictus::compose
