#include "lib/report/explore_page.hpp"

#include <doctest/doctest.h>
#include <sndfile.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>
#include <string_view>

#include "lib/core/error.hpp"
#include "lib/report/opus.hpp"
#include "tests/unit/temporary_file.hpp"

using namespace ictus;
using namespace ictus::report;

namespace {

constexpr int kRateHz = 24000;

std::vector<float> tone(double duration_s, double frequency_hz, double level = 0.3) {
  std::vector<float> samples(static_cast<std::size_t>(std::lround(duration_s * kRateHz)));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double time_s = static_cast<double>(i) / kRateHz;
    samples[i] = static_cast<float>(level * std::exp(-5.0 * time_s / duration_s) *
                                    std::sin(2.0 * std::numbers::pi * frequency_hz * time_s));
  }
  return samples;
}

/// At 48 kHz, as Opus counts.
std::vector<float> decoded(const std::string& opus) {
  const tests::TemporaryFile file(opus);
  SF_INFO info{};
  SNDFILE* opened = sf_open(file.path().c_str(), SFM_READ, &info);
  REQUIRE(opened != nullptr);
  std::vector<float> samples(static_cast<std::size_t>(info.frames));
  samples.resize(static_cast<std::size_t>(sf_readf_float(opened, samples.data(), info.frames)));
  sf_close(opened);
  std::vector<float> halved;
  for (std::size_t i = 0; i < samples.size(); i += static_cast<std::size_t>(info.samplerate / kRateHz))
    halved.push_back(samples[i]);
  return halved;
}

EncodedSounds encoded(const std::vector<std::vector<float>>& sounds, std::size_t workers = 1) {
  EventSounds encoder(kRateHz, 20.0, workers);
  for (const auto& sound : sounds) encoder.push(sound);
  return encoder.finish();
}

std::vector<std::vector<float>> many_tones() {
  std::vector<std::vector<float>> sounds;
  for (int i = 0; i < 60; ++i)
    sounds.push_back(tone(0.3 + 0.01 * i, 200.0 + 20.0 * i, i % 2 == 0 ? 0.4 : 0.001));
  return sounds;
}

std::size_t count_of(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + what.size()))
    ++count;
  return count;
}

ExploreEvent event(double onset_s, const std::string& note = "A4") {
  return {onset_s, -6.0, -20.0, 0.5, 0.4, 440.0, note, 0.25, {1, 2, 255}};
}

ExplorePage page_of_two() {
  ExplorePage page;
  page.title = "Two";
  page.length_s = 3.0;
  page.events = {event(0.5), event(1.25)};
  page.sounds = encoded({tone(0.2, 300.0), tone(0.3, 400.0)});
  page.mix_opus = ogg_opus(tone(3.0, 300.0), kRateHz, kMixKbitPerS);
  page.list = "# a fact\nevent\tonset_s\tgain_db\n0\t0.500000\t-6\n1\t1.250000\t-6\n";
  page.list_name = "two.tsv";
  return page;
}

}  // namespace

TEST_CASE("event sounds: each lies where it is said, at its level, with silence around it") {
  const auto sounds = many_tones();
  const EncodedSounds result = encoded(sounds);
  CHECK(result.groups.size() > 1);
  std::size_t event = 0;
  for (const SoundGroup& group : result.groups) {
    const std::vector<float> samples = decoded(group.opus);
    CHECK(samples.size() < 15 * kRateHz);
    std::size_t end = 0;
    for (const SoundPlace& place : group.places) {
      CAPTURE(event);
      const std::vector<float>& expected = sounds.at(event++);
      REQUIRE(place.samples == expected.size());
      CHECK(place.begin_samples >= end + kRateHz * 3 / 100);
      double product = 0.0;
      double power = 0.0;
      for (std::size_t i = 0; i < place.samples; ++i) {
        product += place.gain * samples.at(place.begin_samples + i) * expected[i];
        power += static_cast<double>(expected[i]) * expected[i];
      }
      CHECK(product / power == doctest::Approx(1.0).epsilon(0.1));
      for (std::size_t i = end + kRateHz / 100; i < place.begin_samples - kRateHz / 100; ++i) {
        REQUIRE(std::abs(samples[i]) < 0.003);
      }
      end = place.begin_samples + place.samples;
    }
  }
  CHECK(event == sounds.size());
}

TEST_CASE("event sounds: the same bytes however many are encoded at a time") {
  const EncodedSounds one = encoded(many_tones(), 1);
  const EncodedSounds three = encoded(many_tones(), 3);
  REQUIRE(one.groups.size() == three.groups.size());
  for (std::size_t i = 0; i < one.groups.size(); ++i) CHECK(one.groups[i].opus == three.groups[i].opus);
}

TEST_CASE("event sounds: events without a sound, and none at all") {
  CHECK(encoded({}).groups.empty());
  const EncodedSounds silent = encoded({{}, {}});
  REQUIRE(silent.groups.size() == 1);
  CHECK(silent.groups[0].opus.empty());
  CHECK(silent.groups[0].places.size() == 2);
  const EncodedSounds mixed = encoded({{}, tone(0.1, 300.0), {}});
  CHECK(mixed.groups.at(0).places.at(0).samples == 0);
  CHECK(mixed.groups.at(0).places.at(1).samples == 2400);
  CHECK(mixed.groups.at(0).places.at(2).samples == 0);
  CHECK_FALSE(mixed.groups.at(0).opus.empty());
  EventSounds wrong_rate(44100, 20.0);
  wrong_rate.push(std::vector<float>(100));
  CHECK_THROWS_AS((void)wrong_rate.finish(), Error);
}

TEST_CASE("event sounds: a lower bitrate takes less, and there is none below that of Opus") {
  const std::vector<float> sound = tone(5.0, 300.0);
  CHECK(ogg_opus(sound, kRateHz, 8.0).size() < ogg_opus(sound, kRateHz, 20.0).size() / 2);
  CHECK(ogg_opus(sound, kRateHz, 28.0) == ogg_opus(sound, kRateHz));
  CHECK_THROWS_AS((void)ogg_opus(sound, kRateHz, 5.9), Error);
  CHECK_THROWS_AS((void)ogg_opus(sound, kRateHz, std::numeric_limits<double>::quiet_NaN()), Error);
}

TEST_CASE("explore page: everything is in it, and the same page is the same bytes") {
  const std::string html = explore_page(page_of_two());
  CHECK(html.starts_with("<!DOCTYPE html>"));
  CHECK(count_of(html, ">T2dnU") == 2);  // OggS: the group and the piece
  CHECK(count_of(html, "http:") + count_of(html, "https:") == 0);
  CHECK(count_of(html, "\"onset_s\":[0.5,1.25]") == 1);
  CHECK(count_of(html, "\"colour\":\"0102ff0102ff\"") == 1);
  CHECK(count_of(html, "\"samples\":[4800,7200]") == 1);
  CHECK(explore_page(page_of_two()) == html);
}

TEST_CASE("explore page: what is not finite is null") {
  ExplorePage page = page_of_two();
  page.events[0].loudness_db = -std::numeric_limits<double>::infinity();
  page.events[1].decay_s = std::numeric_limits<double>::quiet_NaN();
  const std::string html = explore_page(page);
  CHECK(count_of(html, "\"loudness_db\":[null,-20]") == 1);
  CHECK(count_of(html, "\"decay_s\":[0.4,null]") == 1);
}

TEST_CASE("explore page: words from outside stay words wherever they stand") {
  const std::string harm = "</script><!--<script></title><img src=x onerror=\"harm()\">\\{{title}}";
  const std::size_t scripts = count_of(explore_page(page_of_two()), "</script>");
  ExplorePage page = page_of_two();
  page.title = harm;
  page.facts = {harm};
  page.list_name = harm;
  page.place_caption = harm;
  page.events[0].note = harm;
  page.list = "# " + harm + "\n" + page.list + harm + "\t\r\n";
  page.events.push_back(event(2.0));
  page.sounds.groups[0].places.push_back({0, 0, 1.0});
  const std::string html = explore_page(page);
  CHECK(count_of(html, "<img src=x") == 0);
  CHECK(count_of(html, "<!--") == 0);
  CHECK(count_of(html, "</script>") == scripts);
  CHECK(count_of(html, "\\\\{{title}}") > 4);
}

TEST_CASE("explore page: list, sounds and events have to be of the same piece") {
  ExplorePage fewer_sounds = page_of_two();
  fewer_sounds.sounds.groups[0].places.pop_back();
  CHECK_THROWS_AS((void)explore_page(fewer_sounds), std::logic_error);
  ExplorePage fewer_lines = page_of_two();
  fewer_lines.list.erase(fewer_lines.list.find("1\t1.25"));
  CHECK_THROWS_AS((void)explore_page(fewer_lines), std::logic_error);
  ExplorePage no_onsets = page_of_two();
  no_onsets.list.replace(no_onsets.list.find("onset_s"), 7, "onset");
  CHECK_THROWS_AS((void)explore_page(no_onsets), std::logic_error);
}

TEST_CASE("explore page: the bitrate of the sounds follows what a page has room for") {
  const std::string list(400000, 'x');
  CHECK(sounds_kbit_per_s(10.0, 40, 10.0, "") == 28.0);
  CHECK(sounds_kbit_per_s(6000.0, 1500, 60.0, list) == 6.0);
  const double realistic = sounds_kbit_per_s(1500.0, 1500, 60.0, list);
  CHECK(realistic > 6.0);
  CHECK(realistic < 10.0);
  CHECK(sounds_kbit_per_s(750.0, 1500, 60.0, list) > 1.8 * realistic);
  CHECK(sounds_kbit_per_s(3000.0, 3000, 120.0, list + list) == doctest::Approx(realistic).epsilon(0.1));
}
