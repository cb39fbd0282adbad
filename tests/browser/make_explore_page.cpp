// Writes the page of a piece that the browser tests click through to standard output:
//   make_explore_page EVENTS [LENGTH_S [AUDIBLE_S]]
// Event k begins at (k + 0.5) / EVENTS of the length and is a tone of 200 + 37 (k mod 100) Hz that dies away.
// Its place is the fractional part of 0.618 k, so that neighbours do not lie on each other. With AUDIBLE_S
// the sounds are of that mean, and from 0.2 s on as in a real piece; otherwise 0.2 to 0.5 s.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <numbers>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "lib/report/colour_map.hpp"
#include "lib/report/explore_page.hpp"
#include "lib/report/opus.hpp"

namespace {

using namespace ictus::report;

constexpr int kSampleRateHz = 24000;
constexpr const char* kHostile =
    "</script><script>document.title = 'harm'</script> <!-- & \"quotes\" \\ 'here'";

struct Plan {
  std::size_t events;
  double length_s;
  double audible_s;  // 0: short
};

double onset_s(const Plan& plan, std::size_t k) {
  const double onset = (static_cast<double>(k) + 0.5) * plan.length_s / static_cast<double>(plan.events);
  return std::round(onset * 1e6) / 1e6;
}

double frequency_hz(std::size_t k) { return 200.0 + 37.0 * static_cast<double>(k % 100); }

double loudness_db(std::size_t k) { return -12.0 - static_cast<double>(k * 7 % 40); }

bool is_real(const Plan& plan) { return plan.audible_s > 0.2; }

/// As in a real piece: from 0.2 to 2.5 s, short ones more often than long ones.
std::vector<double> durations_s(const Plan& plan) {
  std::vector<double> durations;
  std::mt19937 random(1);
  const double power = (2.5 - plan.audible_s) / (plan.audible_s - 0.2);
  for (std::size_t k = 0; k < plan.events; ++k) {
    const double uniform = static_cast<double>(random()) / 4294967296.0;
    durations.push_back(is_real(plan)          ? 0.2 + 2.3 * std::pow(uniform, power)
                        : plan.audible_s > 0.0 ? plan.audible_s
                                               : 0.2 + 0.1 * static_cast<double>(k % 4));
  }
  return durations;
}

/// Plain tones for the tests; for measuring sizes also with overtones or as noise, as in a piece.
std::vector<float> sound(std::size_t k, double duration_s, bool as_in_a_piece) {
  std::vector<float> samples(static_cast<std::size_t>(std::lround(duration_s * kSampleRateHz)));
  std::mt19937 random(static_cast<unsigned>(k));
  const double level = 2.0 * std::pow(10.0, loudness_db(k) / 20.0);
  double noise = 0.0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double time_s = static_cast<double>(i) / kSampleRateHz;
    const double phase = 2.0 * std::numbers::pi * frequency_hz(k) * time_s;
    double value = std::sin(phase);
    if (as_in_a_piece) {
      noise += 0.5 * (static_cast<double>(random()) / 2147483648.0 - 1.0 - noise);
      for (int overtone = 2; overtone < 8; ++overtone) {
        value += std::sin(phase * overtone + overtone) * std::exp(-overtone * time_s) / overtone;
      }
      value = 0.5 * (k % 3 == 0 ? noise : value + noise * std::exp(-20.0 * time_s));
    }
    const double fade = std::min(1.0, (duration_s - time_s) / 0.01);
    samples[i] = static_cast<float>(level * fade * std::exp(-5.0 * time_s / duration_s) * value);
  }
  return samples;
}

std::string list_of(const Plan& plan) {
  std::string list = fmt::format("# ictus events, format 1\n# title {}\nevent\tonset_s\tgain_db", kHostile);
  for (int i = 0; i < 32; ++i) list += fmt::format("\tv{}", i);
  list += '\n';
  const char* const values[] = {"-1",          "-0.8333333", "-0.6666667", "-0.5",       "-0.33333334",
                                "-0.16666667", "0",          "0.16666667", "0.33333334", "0.5",
                                "0.6666667",   "0.8333333",  "1"};
  for (std::size_t k = 0; k < plan.events; ++k) {
    list += fmt::format("{}\t{:.6f}\t{}", k, onset_s(plan, k), -static_cast<int>(k * 7 % 40));
    for (std::size_t i = 0; i < 32; ++i) list += fmt::format("\t{}", values[(k * k + 5 * i + k * i) % 13]);
    list += '\n';
    if (k == 20) list += "# ~ after 20 ~\n\n";
  }
  return list + "# the end <!-- of it\n";
}

ExplorePage page_of(const Plan& plan) {
  const std::vector<double> durations = durations_s(plan);
  double sounds_s = 0.0;
  for (const double duration : durations) sounds_s += duration;

  ExplorePage page;
  page.title = std::string("Tones ") + kHostile;
  page.facts = {fmt::format("{} events", plan.events), "{{title}}"};
  page.length_s = plan.length_s;
  page.list = list_of(plan);
  page.list_name = "many tones.tsv";
  page.place_caption = "similar sounds lie near each other";
  const double kbit_per_s = sounds_kbit_per_s(sounds_s, plan.events, plan.length_s, page.list);
  std::vector<float> mix(static_cast<std::size_t>(plan.length_s * kSampleRateHz));
  EventSounds sounds(kSampleRateHz, kbit_per_s, std::max(std::thread::hardware_concurrency(), 1u));
  for (std::size_t k = 0; k < plan.events; ++k) {
    const std::vector<float> samples = sound(k, durations[k], is_real(plan));
    sounds.push(samples);
    const auto begin = static_cast<std::size_t>(std::lround(onset_s(plan, k) * kSampleRateHz));
    for (std::size_t i = 0; i < samples.size() && begin + i < mix.size(); ++i) mix[begin + i] += samples[i];
    const double place = std::fmod(0.618 * static_cast<double>(k), 1.0);
    const bool has_pitch = k % 3 != 0;
    page.events.push_back({onset_s(plan, k), -static_cast<double>(k * 7 % 40), loudness_db(k), durations[k],
                           durations[k] / 2, has_pitch ? frequency_hz(k) : 0.0,
                           has_pitch ? fmt::format("N{}", k % 100) : "", place,
                           colour_of(0.25 + 0.6 * place)});
  }
  page.sounds = sounds.finish();
  page.mix_opus = ogg_opus(mix, kSampleRateHz, kMixKbitPerS);
  std::cerr << fmt::format("{:.0f} s of sounds at {:.2f} kbit/s, list {} bytes, mix {} bytes\n", sounds_s,
                           kbit_per_s, page.list.size(), page.mix_opus.size());
  return page;
}

}  // namespace

int main(int count, char** words) {
  if (count < 2) return 2;
  const Plan plan{std::strtoul(words[1], nullptr, 10), count > 2 ? std::atof(words[2]) : 10.0,
                  count > 3 ? std::atof(words[3]) : 0.0};
  std::cout << explore_page(page_of(plan));
}
