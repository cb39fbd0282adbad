// Makes a piece for the browser tests in a folder that is there:
//   make_explore_page FOLDER EVENTS [LENGTH_S]
// page.html is its page and facts.json what is in it. With up to 100 events, event-K.f32 has the samples of
// each by itself and piece.f32 those of all, as the program decodes them: two channels side by side.
//
// Event k begins at (k + 0.5) / EVENTS of the length and is a tone of 200 + 37 (k mod 100) Hz, or noise where
// 3 divides k. Its place is the fractional part of 0.618 k, so that neighbours do not lie on each other.
#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "formats/quantise.hpp"
#include "lib/player/module.hpp"
#include "lib/player/piece.hpp"
#include "lib/report/colour_map.hpp"
#include "lib/report/explore_page.hpp"
#include "lib/synthesis/decoder.hpp"
#include "lib/synthesis/describe.hpp"
#include "lib/synthesis/event_numbers.hpp"
#include "lib/synthesis/solo.hpp"

namespace {

using namespace ictus;

constexpr double kRateHz = synthesis::EventModel::kSampleRateHz;
constexpr int kChannels = 2;
constexpr const char* kHostile =
    "</script><script>document.title = 'harm'</script> <!-- & \"quotes\" \\ 'here'";

void set(Event& event, std::size_t place, float value) {
  const int steps = formats::standard_steps()[place];
  const float number = synthesis::kNumbers[place].number_of(value);
  event.vector[place] = formats::vector_value(formats::vector_code(number, steps), steps);
}

Event event_of(std::size_t k, std::size_t count, double length_s) {
  Event event;
  event.onset_samples =
      std::llround((static_cast<double>(k) + 0.5) * length_s / static_cast<double>(count) * kRateHz);
  event.gain_db = static_cast<float>(-static_cast<int>(k * 7 % 40));
  for (std::size_t i = synthesis::kNamedNumbers; i < event.vector.size(); ++i)
    event.vector[i] = formats::vector_value(static_cast<int>((k * k + 5 * i + k * i) % 31), 31);
  set(event, synthesis::kPitch, 200.0F + 37.0F * static_cast<float>(k % 100));
  set(event, synthesis::kBalance, k % 3 == 0 ? -40.0F : 60.0F);
  set(event, synthesis::kGlide, 0.0F);
  set(event, synthesis::kVibrato, 0.0F);
  set(event, synthesis::kAttack, 0.002F);
  set(event, synthesis::kHold, 0.2F + 0.1F * static_cast<float>(k % 4));
  set(event, synthesis::kDamping, 0.05F);
  set(event, synthesis::kDecay, 2.0F);
  set(event, synthesis::kTilt, 1.0F);
  set(event, synthesis::kRoom, -60.0F);
  set(event, synthesis::kPosition, static_cast<float>(k % 5) / 2.0F - 1.0F);
  return event;
}

/// One whose timbre is the same whatever its numbers: each partial as loud as the one below it, less 6 dB.
std::shared_ptr<const synthesis::EventModel> model() {
  auto made = std::make_shared<synthesis::EventModel>();
  auto weights = made->timbre.weights();
  for (std::size_t knot = 0; knot < synthesis::kPartialKnots; ++knot)
    weights[knot] = -2.0F * static_cast<float>(knot);
  return made;
}

void write(const std::string& path, const void* bytes, std::size_t size) {
  std::ofstream(path, std::ios::binary)
      .write(static_cast<const char*>(bytes), static_cast<std::streamsize>(size));
}

void write_sounds(const std::string& folder, const synthesis::EventModel& model,
                  const std::shared_ptr<const synthesis::EventModel>& shared,
                  const std::vector<Event>& events, double length_s) {
  for (std::size_t k = 0; k < events.size(); ++k) {
    const auto samples = synthesis::render_solo(model, events[k], kChannels, 66.0, 30.0);
    write(fmt::format("{}/event-{}.f32", folder, k), samples.data(), samples.size() * sizeof(float));
  }
  std::vector<float> piece;
  synthesis::Decoder decoder(shared, kChannels, [&](std::span<const float> block) {
    piece.insert(piece.end(), block.begin(), block.end());
  });
  const std::int64_t length = std::llround(length_s * kRateHz);
  decoder.push({events, length});
  decoder.finish(static_cast<std::uint64_t>(length));
  write(folder + "/piece.f32", piece.data(), piece.size() * sizeof(float));
}

report::ExplorePage page_of(const std::vector<Event>& events, const synthesis::EventModel& model,
                            double length_s, nlohmann::json& facts) {
  report::ExplorePage page;
  page.title = std::string("Tones ") + kHostile;
  page.facts = {fmt::format("{} events", events.size()), "{{title}}"};
  page.sample_rate_hz = kRateHz;
  page.channels = kChannels;
  page.length_samples = std::round(length_s * kRateHz);
  const auto heard = synthesis::describe(model, events);
  for (std::size_t k = 0; k < events.size(); ++k) {
    const double place = std::fmod(0.618 * static_cast<double>(k), 1.0);
    const double own_hz = std::exp2(static_cast<double>(model.sound_of(events[k]).pitch_octaves));
    const int partial =
        heard[k].pitch_hz > 0.0 ? static_cast<int>(std::lround(heard[k].pitch_hz / own_hz)) : 0;
    page.events.push_back({static_cast<double>(events[k].onset_samples),
                           static_cast<double>(events[k].gain_db), events[k].vector, heard[k].loudness_db,
                           heard[k].duration_s, partial, place, report::colour_of(0.25 + 0.6 * place)});
    facts["events"].push_back({{"onset_samples", events[k].onset_samples},
                               {"gain_db", events[k].gain_db},
                               {"vector", events[k].vector},
                               {"loudness_db", heard[k].loudness_db},
                               {"duration_s", heard[k].duration_s},
                               {"pitch_hz", heard[k].pitch_hz}});
  }
  for (std::size_t i = 0; i < events[0].vector.size(); ++i) {
    report::ExploreNumber number;
    if (i < formats::kStandardNumbers.size()) {
      const formats::StandardNumber& standard = formats::kStandardNumbers[i];
      number = {
          std::string(standard.name),         std::string(standard.unit), static_cast<double>(standard.low),
          static_cast<double>(standard.high), standard.is_ratio,          0};
    }
    number.steps = formats::standard_steps()[i];
    page.numbers.push_back(number);
  }
  page.gain_step_db = 0.5;
  page.list_head = fmt::format("# ictus events, format 1\n# title {}\nevent\tonset_s\tgain_db", kHostile);
  for (int i = 0; i < 32; ++i) page.list_head += fmt::format("\tv{}", i);
  page.list_head += '\n';
  page.list_tail = "# the end <!-- of it\n";
  page.list_name = "many tones.tsv";
  page.midi_title = "Tones";
  page.place_caption = "similar sounds lie near each other";
  page.block_samples = player::Piece::kStepSamples;
  page.lag_samples = player::Piece::kLagSamples;
  page.player = player::module_base64();
  page.weights = model.timbre.weights();
  return page;
}

}  // namespace

int main(int count, char** words) {
  if (count < 3) return 2;
  const std::string folder = words[1];
  const std::size_t events_count = std::strtoul(words[2], nullptr, 10);
  const double length_s = count > 3 ? std::atof(words[3]) : 10.0;
  std::vector<Event> events;
  for (std::size_t k = 0; k < events_count; ++k) events.push_back(event_of(k, events_count, length_s));
  const auto with = model();
  nlohmann::json facts;
  const std::string html = report::explore_page(page_of(events, *with, length_s, facts));
  write(folder + "/page.html", html.data(), html.size());
  const std::string text = facts.dump();
  write(folder + "/facts.json", text.data(), text.size());
  if (events_count <= 100) write_sounds(folder, *with, with, events, length_s);
}
