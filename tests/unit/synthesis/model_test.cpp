// That events sound as loud as the model says, everywhere in time and frequency.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "lib/synthesis/band_view.hpp"
#include "lib/synthesis/event_power.hpp"
#include "lib/synthesis/fourier.hpp"
#include "lib/synthesis/frame_power.hpp"
#include "tests/unit/synthesis/sounds.hpp"

namespace ictus::synthesis {
namespace {

constexpr int kWindow = 4096;
constexpr int kHop = 1024;

/// Powers of samples in single bins, as the model counts them.
PowerMap measured(const std::vector<float>& samples, const BandView& view, int frames) {
  PowerMap map(view.bands(), frames);
  Fourier fourier(kWindow);
  Spectrum spectrum(kWindow);
  std::vector<float> frame(kWindow);
  const float scale = 1.0F / std::sqrt(0.375F * kWindow);
  for (int t = 0; t < frames; ++t) {
    for (int i = 0; i < kWindow; ++i) {
      const int at = t * kHop + i - kWindow / 2;
      const bool there = at >= 0 && static_cast<std::size_t>(at) < samples.size();
      const float hann = 0.5F - 0.5F * std::cos(6.283185307F * static_cast<float>(i) / kWindow);
      frame[static_cast<std::size_t>(i)] =
          there ? samples[static_cast<std::size_t>(at)] * hann * scale : 0.0F;
    }
    fourier.forward(frame, spectrum);
    for (std::size_t bin = 0; bin < spectrum.re.size(); ++bin) {
      const int band = view.band_of_bin[bin];
      map.row(band)[t] += (spectrum.re[bin] * spectrum.re[bin] + spectrum.im[bin] * spectrum.im[bin]) /
                          view.width_bins[static_cast<std::size_t>(band)];
    }
  }
  return map;
}

PowerMap model_of(const std::vector<Placed>& events, const BandView& view, int frames) {
  PowerMap map(view.bands(), frames);
  for (const auto& [onset_samples, sound] : events) {
    EventSound placed = sound;
    placed.onset_s = static_cast<float>(onset_samples) / kRate;
    EventPower(placed, view, frames, 1e-12F).add_to(map);
  }
  return map;
}

/// Power of a band over some frames.
double sum_of(const PowerMap& map, int band, int begin, int end) {
  double sum = 0.0;
  for (int t = begin; t < end; ++t) sum += static_cast<double>(map.row(band)[t]);
  return sum;
}

}  // namespace

TEST_CASE("The power of an event, frame after frame, is that of the whole") {
  const BandView bins = BandView::bins(kRate, kWindow, kHop);
  constexpr int kFrames = 90;
  for (const bool moves : {false, true}) {
    CAPTURE(moves);
    EventSound sound = lively(320.0F);
    if (!moves) sound.glide_semitones = sound.vibrato_semitones = 0.0F;
    constexpr std::int64_t kOnset = 7000;
    const PowerMap expected = model_of({{kOnset, sound}}, bins, kFrames);
    FramePower power(sound, heard_partials(sound), kOnset, bins);
    std::vector<std::vector<float>> row(1, std::vector<float>(static_cast<std::size_t>(bins.bands())));
    double largest = 0.0;
    double off = 0.0;
    for (int t = -3; t < kFrames; ++t) {
      std::fill(row[0].begin(), row[0].end(), 0.0F);
      const std::vector<float> factor{1.0F};
      power.add(t, factor, row);
      if (t < 0) continue;
      for (int bin = 0; bin < bins.bands(); ++bin) {
        const auto wanted = static_cast<double>(expected.row(bin)[t]);
        largest = std::max(largest, wanted);
        off = std::max(off, std::abs(static_cast<double>(row[0][static_cast<std::size_t>(bin)]) - wanted) /
                                (wanted + 1e-5));
      }
    }
    CHECK(largest > 1e-3);
    CHECK(off < 0.02);
  }
}

TEST_CASE("Rendered events have the powers of the model in bands") {
  const BandView bands = BandView::mel(kRate, kWindow, kHop, 64);
  constexpr int kFrames = 80;
  constexpr std::int64_t kOnset = 10000;
  std::vector<EventSound> sounds;
  sounds.push_back(lively(440.0F));
  sounds.back().glide_semitones = sounds.back().vibrato_semitones = 0.0F;
  sounds.push_back(sounds.back());
  sounds.back().attack_log_s = std::log(0.3F);
  sounds.back().room_db = -6.0F;
  sounds.push_back(lively(220.0F));
  for (EventSound& sound : sounds) {
    CAPTURE(&sound - sounds.data());
    if (sound.balance_db > 0.0F) sound.balance_db = 100.0F;
    const PowerMap expected = model_of({{kOnset, sound}}, bands, kFrames);
    SynthesizerSettings settings;
    settings.projects = false;
    const PowerMap heard = measured(rendered({{kOnset, sound}}, kFrames * kHop, settings), bands, kFrames);
    double loudest = 0.0;
    for (int band = 0; band < bands.bands(); ++band)
      loudest = std::max(loudest, sum_of(expected, band, 0, kFrames));
    int compared = 0;
    for (int band = 0; band < bands.bands(); ++band) {
      const double wanted = sum_of(expected, band, 0, kFrames - 4);
      if (wanted < 3e-3 * loudest) continue;  // where a pitch moves, the model's skirts are rough
      CAPTURE(band);
      CHECK(std::abs(decibels(sum_of(heard, band, 0, kFrames - 4) / wanted)) < 0.5);
      ++compared;
    }
    CHECK(compared >= 4);
  }
}

TEST_CASE("Sounds that die away within a window are as loud as the model says") {
  const BandView bins = BandView::bins(kRate, kWindow, kHop);
  constexpr int kFrames = 40;
  for (const float decay_s : {1.0F, 0.3F, 0.1F, 0.05F}) {
    for (const std::int64_t onset : {10240, 10500, 11000}) {
      CAPTURE(decay_s);
      CAPTURE(onset);
      EventSound sound = lively(440.0F);
      sound.glide_semitones = sound.vibrato_semitones = 0.0F;
      sound.balance_db = 100.0F;
      sound.room_db = -100.0F;
      sound.attack_log_s = std::log(0.002F);
      sound.contour_db.fill(0.0F);
      sound.decay_log_rate.fill(std::log(13.8155F / decay_s));
      SynthesizerSettings settings;
      settings.projects = false;
      const PowerMap expected = model_of({{onset, sound}}, bins, kFrames);
      const PowerMap heard = measured(rendered({{onset, sound}}, kFrames * kHop, settings), bins, kFrames);
      const auto whole = [&](const PowerMap& map, int begin) {
        double sum = 0.0;
        for (int bin = 0; bin < bins.bands(); ++bin) sum += sum_of(map, bin, begin, kFrames);
        return sum;
      };
      CHECK(std::abs(decibels(whole(heard, 0) / whole(expected, 0))) < 0.5);
      // And where the window lies wholly behind the onset, if anything is left there.
      if (decay_s < 0.1F) continue;
      CHECK(std::abs(decibels(whole(heard, 14) / whole(expected, 14))) < 0.5);
    }
  }
}

TEST_CASE("Rendered noise has the powers of the model in bands") {
  const BandView bands = BandView::mel(kRate, kWindow, kHop, 24);
  EventSound sound = steady_noise();
  sound.noise_decay_log_rate = {std::log(0.3F), std::log(1.0F)};
  sound.noise_attack_log_s = std::log(0.2F);
  sound.room_db = -10.0F;
  for (std::size_t knot = 0; knot < kSpectrumKnots; ++knot)
    sound.noise_db[knot] = -1.5F * static_cast<float>(knot);
  constexpr std::int64_t kOnset = 10000;
  constexpr int kFrames = 400;
  const PowerMap expected = model_of({{kOnset, sound}}, bands, kFrames);
  SynthesizerSettings settings;
  for (const bool projects : {false, true}) {
    CAPTURE(projects);
    settings.projects = projects;
    const PowerMap heard = measured(rendered({{kOnset, sound}}, kFrames * kHop, settings), bands, kFrames);
    for (int band = 1; band + 1 < bands.bands(); ++band) {
      CAPTURE(band);
      CHECK(std::abs(decibels(sum_of(heard, band, 0, kFrames - 4) / sum_of(expected, band, 0, kFrames - 4))) <
            0.5);
    }
  }
}

TEST_CASE("A projection gives the sum the powers of the model") {
  // Two tones that beat: without the projection, the level of their band goes up and down.
  const std::vector<Placed> events{{0, steady_tone(1000.0F)}, {0, steady_tone(1002.0F)}};
  const auto swing = [](const std::vector<float>& samples) {
    double lowest = 100.0;
    double highest = -100.0;
    for (double at_s = 0.5; at_s < 2.5; at_s += 0.02) {
      const double level = decibels(power_of(samples, at_s, at_s + 0.1));
      lowest = std::min(lowest, level);
      highest = std::max(highest, level);
    }
    return std::pair(lowest, highest);
  };
  SynthesizerSettings settings;
  settings.projects = false;
  const auto [low_before, high_before] = swing(rendered(events, 3 * kRate, settings));
  CHECK(high_before - low_before > 6.0);
  settings.projects = true;
  const auto [low, high] = swing(rendered(events, 3 * kRate, settings));
  CHECK(high - low < 0.7 * (high_before - low_before));
  CHECK(high < decibels(2.0) + 1.0);
}

TEST_CASE("What is as the model says already goes through a projection nearly as it is") {
  const std::vector<Placed> events{{3000, steady_tone(1000.0F)}};
  SynthesizerSettings settings;
  const std::vector<float> projected = rendered(events, 2 * kRate, settings);
  settings.projects = false;
  const std::vector<float> before = rendered(events, 2 * kRate, settings);
  double off = 0.0;
  for (std::size_t i = kRate / 2; i < 2 * kRate; ++i)
    off += std::pow(static_cast<double>(projected[i]) - static_cast<double>(before[i]), 2.0) / (1.5 * kRate);
  CHECK(decibels(2.0 * off) < -35.0);  // the end of the stream, too
  // Nothing comes much before the event, and nothing is louder than the tone.
  CHECK(power_of(projected, 0.0, 0.02) < 1e-4);
  for (const float x : projected) CHECK(std::abs(x) < 1.3F);
}

TEST_CASE("Partials keep their phases in a projection, whether their pitch stays, glides or swings") {
  const auto kept_db = [](const EventSound& sound, int channels) {
    SynthesizerSettings settings;
    settings.channels = channels;
    const std::vector<float> projected = rendered({{3001, sound}}, 3 * kRate, settings);
    settings.projects = false;
    const std::vector<float> before = rendered({{3001, sound}}, 3 * kRate, settings);
    double off = 0.0;
    double whole = 0.0;
    for (auto i = static_cast<std::size_t>(kRate * channels / 2); i < before.size() * 9 / 10; ++i) {
      off += std::pow(static_cast<double>(projected[i]) - static_cast<double>(before[i]), 2.0);
      whole += std::pow(static_cast<double>(before[i]), 2.0);
    }
    return decibels(off / whole);
  };
  for (const float hz : {30.0F, 61.5F, 440.0F, 3000.0F}) {
    CAPTURE(hz);
    EventSound sound = steady_tone(hz);
    for (std::size_t knot = 0; knot < 6; ++knot) sound.partials_db[knot] = -4.0F * static_cast<float>(knot);
    sound.position = -0.4F;
    for (const int channels : {1, 2}) {
      CAPTURE(channels);
      EventSound gliding = sound;
      gliding.glide_semitones = 3.0F;
      gliding.glide_log_s = std::log(0.3F);
      EventSound swinging = sound;
      swinging.vibrato_semitones = 0.2F;
      // Below 60 Hz a partial meets its image at the negative of its frequency, of which the model knows
      // nothing.
      const double most_db = hz < 60.0F ? -27.0 : -50.0;
      CHECK(kept_db(sound, channels) < most_db);
      CHECK(kept_db(gliding, channels) < most_db);
      CHECK(kept_db(swinging, channels) < (hz < 60.0F ? -27.0 : -22.0));
    }
  }
}

}  // namespace ictus::synthesis
