#include "lib/analysis/doubles.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "signals.hpp"

using namespace ictus::analysis;

namespace {

constexpr double kHz = 330.0;
constexpr int kPartials = 8;

ictus::synthesis::EventSound proposal_at(const Stretch& stretch, double hz, float onset_s) {
  const int frame = static_cast<int>(onset_s / stretch.map.hop_s);
  auto event = spectral_guess(mean_spectrum(stretch.map, frame + 2, frame + 6), stretch.map.hz_per_bin,
                              static_cast<float>(hz));
  event.onset_s = onset_s;
  return event;
}

/// A tone, and another of `hz` from 1 s on that is `factor` times as strong.
std::vector<float> tone_and_later(double hz, float factor) {
  auto sound = tone(2.5, 0.05, kPartials, [](double) { return kHz; });
  const auto later = tone(1.5, 0.05, kPartials, [hz](double) { return hz; });
  for (std::size_t i = 0; i < later.size(); ++i) sound[44100 + i] += factor * later[i];
  return sound;
}

VectorEvent whole_event(const Stretch& stretch) {
  std::vector<VectorEvent> events{nearest_vector(single_event(stretch, 30), trained_model()->timbre)};
  fit_vectors(events, trained_model()->timbre, stretch.target, stretch.nothing, {60});
  return events[0];
}

std::vector<VectorEvent> merged(const std::vector<VectorEvent>& events, const Stretch& stretch) {
  return without_doubles(events, trained_model()->timbre, stretch.target, stretch.nothing, 0.1F);
}

}  // namespace

TEST_CASE("a proposal at the pitch of what sounds is a double, unless the sound rises there") {
  const std::vector sounding{proposal_at(Stretch(tone_and_later(kHz, 0.0F)), kHz, 0.0F)};
  for (const auto& [factor, is_new] :
       {std::pair{0.0F, false}, std::pair{0.2F, false}, std::pair{3.0F, true}}) {
    const Stretch stretch(tone_and_later(kHz, factor));
    CHECK(is_double(proposal_at(stretch, kHz, 1.0F), sounding, stretch.map) != is_new);
  }
  // What begins together is one note, however much the sound rises.
  const Stretch stretch(tone_and_later(kHz, 0.0F));
  CHECK(is_double(proposal_at(stretch, kHz, 0.02F), sounding, stretch.map));
}

TEST_CASE("a proposal is no double at another pitch, nor of what has ended, died away or is noise") {
  const Stretch stretch(tone_and_later(kHz, 0.0F));
  const auto known = proposal_at(stretch, kHz, 0.0F);
  const auto is_double_at = [&](double hz, const ictus::synthesis::EventSound& of) {
    return is_double(proposal_at(stretch, hz, 1.0F), {{of}}, stretch.map);
  };
  REQUIRE(is_double_at(kHz, known));
  CHECK(!is_double_at(kHz * std::exp2(1.0 / 12.0), known));
  CHECK(!is_double_at(2.0 * kHz, known));
  auto ended = known;
  let_go(ended, 0.5F);
  CHECK(!is_double_at(kHz, ended));
  auto died_away = known;
  died_away.decay_log_rate.fill(std::log(20.0F));
  CHECK(!is_double_at(kHz, died_away));
  auto noise = known;
  noise.balance_db = -30.0F;
  CHECK(!is_double_at(kHz, noise));
  // Where the known one has glided to by then, it is.
  auto gliding = known;
  gliding.pitch_octaves += 1.0F;
  gliding.glide_semitones = -12.0F;
  gliding.glide_log_s = std::log(0.5F);
  CHECK(!is_double_at(kHz, gliding));
  CHECK(is_double_at(2.0 * kHz, gliding));
}

TEST_CASE("of events that share a tone one takes over the energy of all") {
  const Stretch stretch(tone(2.0, 0.1, kPartials, [](double) { return kHz; }));
  const VectorEvent whole = whole_event(stretch);
  VectorEvent half = whole;
  half.gain_db -= 3.0103F;
  VectorEvent quarter = whole;
  quarter.gain_db -= 6.0206F;
  const auto left = merged({quarter, half, quarter}, stretch);
  REQUIRE(left.size() == 1);
  CHECK(left[0].gain_db == doctest::Approx(whole.gain_db).epsilon(0.001));
  // Those that begin after the end have none to take over.
  VectorEvent silent = whole;
  silent.onset_s = 10.0F;
  for (const VectorEvent& event : merged({silent, silent, whole}, stretch))
    CHECK(std::isfinite(event.gain_db));
}

TEST_CASE("events of two pitches stay, and so do those of one pitch at two times") {
  const double high_hz = kHz * std::exp2(4.0 / 12.0);
  const Stretch low(tone(2.0, 0.1, kPartials, [](double) { return kHz; }));
  const Stretch high(tone(2.0, 0.1, kPartials, [high_hz](double) { return high_hz; }));
  auto both_sound = tone(2.0, 0.1, kPartials, [](double) { return kHz; });
  const auto other = tone(2.0, 0.1, kPartials, [high_hz](double) { return high_hz; });
  for (std::size_t i = 0; i < other.size(); ++i) both_sound[i] += other[i];
  CHECK(merged({whole_event(low), whole_event(high)}, Stretch(both_sound)).size() == 2);

  std::vector<float> repeated = tone(0.5, 0.1, kPartials, [](double) { return kHz; });
  const VectorEvent first = whole_event(Stretch(repeated));
  const std::vector<float> once = repeated;
  repeated.resize(44100);
  repeated.insert(repeated.end(), once.begin(), once.end());
  VectorEvent second = first;
  second.onset_s += 1.0F;
  CHECK(merged({first, second}, Stretch(repeated)).size() == 2);
}
