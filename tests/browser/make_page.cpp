// Writes the page that the browser tests click through to standard output: three clips of tones, one of them
// disagreeing, with words that would do harm if they were not escaped.
#include <cmath>
#include <iostream>
#include <numbers>

#include "lib/report/evaluation_page.hpp"

namespace {

using ictus::report::Sound;

constexpr int kSampleRateHz = 16000;
constexpr const char* kHostile = "</script><script>document.title = 'harm'</script> & \"quotes\" 'here'";

Sound tone(const std::string& name, double frequency_hz, std::size_t samples) {
  Sound sound{name, "a tone", kSampleRateHz, std::vector<float>(samples)};
  for (std::size_t i = 0; i < samples; ++i) {
    const double time_s = static_cast<double>(i) / kSampleRateHz;
    sound.samples[i] = static_cast<float>(0.4 * std::exp(-time_s) *
                                          std::sin(2.0 * std::numbers::pi * frequency_hz * time_s));
  }
  return sound;
}

}  // namespace

int main() {
  ictus::report::EvaluationPage page;
  page.title = std::string("Three tones ") + kHostile;
  page.facts = {"3 notes, 16 kHz", kHostile, "{{title}}"};
  page.metrics = {
      {"NDB/k", "0.12", "0.08 to 0.17", "The share of bins in which the notes differ.", "100 bins\n3 notes"},
      {kHostile, kHostile, kHostile, kHostile, kHostile}};
  // Lengths that are no whole number of Opus frames, one much shorter than the others, one longer.
  page.clips = {{tone("first", 220.0, 32000), "organ A3", "organ A3", true, {}},
                {tone("second", 440.0, 24001), kHostile, "brass A4", false, {}},
                {tone(kHostile, 880.0, 40013), "flute A5", "flute A5", true, {}}};
  const double distances[] = {0.2, 0.1, 0.3};
  for (std::size_t i = 0; i < page.clips.size(); ++i) {
    for (std::size_t k = 0; k < 3; ++k) {
      page.clips[i].nearest.push_back(
          {tone("near " + std::to_string(3 * i + k), 110.0 * static_cast<double>(k + 1), 8000 + 1600 * k),
           distances[i] + 0.01 * static_cast<double>(k)});
    }
  }
  page.reference = {tone("real", 330.0, 16000)};
  std::cout << ictus::report::evaluation_page(page);
}
