// compare_sounds WHAT ...: the measures of lib/metrics, of any files that `ictus encode` reads; channels are
// mixed to one as there. Prints a line of names, then a line of numbers for each pair of files, or each
// moment, between tabs; "inf" is infinite, "nan" is nothing.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <exception>
#include <fstream>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "lib/audio/audio.hpp"
#include "lib/core/error.hpp"
#include "lib/metrics/left_right_error.hpp"
#include "lib/metrics/level_difference.hpp"
#include "lib/metrics/log_mel.hpp"
#include "lib/metrics/loudness_error.hpp"
#include "lib/metrics/note_match.hpp"
#include "lib/metrics/pitch_track.hpp"
#include "lib/metrics/spectral_convergence.hpp"
#include "lib/metrics/third_octaves.hpp"
#include "lib/metrics/tone.hpp"

namespace {

namespace metrics = ictus::metrics;

constexpr int kUsualRateHz = 22050;
constexpr int kFullRateHz = 44100;
constexpr int kHighestRateHz = 192000;

std::vector<float> read_all(const std::string& path, int rate_hz) {
  const auto source = ictus::audio::Source::open(path, rate_hz);
  std::vector<float> samples;
  std::vector<float> block(1 << 16);
  while (const std::size_t count = source->read(block)) {
    samples.insert(samples.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(count));
  }
  return samples;
}

/// Pairs of numbers, a line each; the second may be followed by more, which is left out.
std::vector<std::pair<double, double>> read_pairs(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw ictus::Error("cannot open '" + path + "'");
  std::vector<std::pair<double, double>> pairs;
  std::string line;
  while (std::getline(file, line)) {
    std::pair<double, double> pair;
    if (std::sscanf(line.c_str(), "%lf %lf", &pair.first, &pair.second) != 2) {
      throw ictus::Error("'" + path + "', line " + std::to_string(pairs.size() + 1) +
                         ": there should be two numbers");
    }
    pairs.push_back(pair);
  }
  return pairs;
}

struct Table {
  std::vector<const char*> names;
  std::vector<std::vector<double>> rows;
};

void print(const Table& table) {
  const auto print_line = [](const auto& cells, const char* format) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) std::fputc('\t', stdout);
      std::printf(format, cells[i]);
    }
    std::fputc('\n', stdout);
  };
  print_line(table.names, "%s");
  for (const std::vector<double>& row : table.rows) print_line(row, "%.4f");
}

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

// ---- What can be asked, and the answers ----

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Sounds {
  Pairs pairs;
  int rate_hz = kUsualRateHz;
};

Table answer(const Sounds& asked) {
  Table table{{"log_mel_db", "log_mel_512_db", "log_mel_1024_db", "log_mel_2048_db", "level_db",
               "loudness_error_db", "loudness_bias_db", "convergence"},
              {}};
  for (const auto& [reference_path, test_path] : asked.pairs) {
    const std::vector<float> reference = read_all(reference_path, asked.rate_hz);
    const std::vector<float> test = read_all(test_path, asked.rate_hz);
    const auto distance = metrics::log_mel_distance(reference, test, asked.rate_hz);
    const auto loudness = metrics::loudness_error(reference, test, asked.rate_hz);
    table.rows.push_back({distance.mean_db, distance.window_db[0], distance.window_db[1],
                          distance.window_db[2], metrics::level_difference_db(reference, test),
                          loudness.mean_db, loudness.bias_db,
                          metrics::spectral_convergence(reference, test)});
  }
  return table;
}

struct Band {
  double lowest_hz = 0.0;
  double highest_hz = 0.0;
  Sounds sounds{{}, kFullRateHz};
};

Table answer(const Band& asked) {
  Table table{{"band_level_db"}, {}};
  for (const auto& [reference_path, test_path] : asked.sounds.pairs) {
    const int rate_hz = asked.sounds.rate_hz;
    table.rows.push_back(
        {metrics::band_level_difference_db(read_all(reference_path, rate_hz), read_all(test_path, rate_hz),
                                           rate_hz, asked.lowest_hz, asked.highest_hz)});
  }
  return table;
}

struct Bands {
  std::string sound;
  double every_s = 0.25;
  int rate_hz = kFullRateHz;
};

/// Of each stretch of time and each third of an octave the mean power, as 10 lg.
Table answer(const Bands& asked) {
  const std::vector<float> sound = read_all(asked.sound, asked.rate_hz);
  const auto step = static_cast<std::size_t>(asked.every_s * asked.rate_hz);
  Table table{{"time_s", "band", "power_db"}, {}};
  for (std::size_t begin = 0; begin < sound.size(); begin += step) {
    const auto part = std::span(sound).subspan(begin, std::min(step, sound.size() - begin));
    const metrics::ThirdOctaves found = metrics::third_octaves(part, asked.rate_hz);
    for (std::size_t band = 0; band < found.bands; ++band) {
      double sum = 0.0;
      for (std::size_t i = band; i < found.powers.size(); i += found.bands) sum += found.powers[i];
      const double blocks = static_cast<double>(found.powers.size() / found.bands);
      table.rows.push_back({static_cast<double>(begin) / asked.rate_hz, static_cast<double>(band),
                            10.0 * std::log10(sum / blocks)});
    }
  }
  return table;
}

struct LeftRight {
  std::string reference_left, reference_right, test_left, test_right;
  int rate_hz = kUsualRateHz;
};

Table answer(const LeftRight& asked) {
  const auto read = [&](const std::string& path) { return read_all(path, asked.rate_hz); };
  const auto reference_left = read(asked.reference_left);
  const auto reference_right = read(asked.reference_right);
  const auto test_left = read(asked.test_left);
  const auto test_right = read(asked.test_right);
  Table table{{"left_right_error_db"}, {}};
  table.rows.push_back({metrics::left_right_error_db({reference_left, reference_right},
                                                     {test_left, test_right}, asked.rate_hz)});
  return table;
}

struct Tone {
  metrics::SteadyTone tone;
  double from_s = 0.0;
  double to_s = 0.0;
  std::string sound;
};

Table answer(const Tone& asked) {
  const std::vector<float> sound = read_all(asked.sound, kFullRateHz);
  const auto place = [&](double seconds) {
    return std::min(sound.size(), static_cast<std::size_t>(seconds * kFullRateHz));
  };
  const std::size_t begin = place(asked.from_s);
  const std::size_t end = std::max(begin, place(asked.to_s));
  const auto error =
      metrics::tone_error(std::span(sound).subspan(begin, end - begin), kFullRateHz, asked.tone);
  Table table{{"level_db", "swing_db", "pitch_cents"}, {}};
  table.rows.push_back({error.level_db, error.swing_db, error.pitch_cents.value_or(kNothing)});
  return table;
}

struct Pitch {
  std::string track, sound;
  int partial = 1;
};

/// The frequency at each sample from the first time of the track to its last; straight lines between.
std::vector<double> frequencies_hz(const std::vector<std::pair<double, double>>& track, std::size_t begin,
                                   std::size_t end) {
  std::vector<double> hz;
  std::size_t i = 0;
  for (std::size_t sample = begin; sample < end; ++sample) {
    const double time_s = static_cast<double>(sample) / kFullRateHz;
    while (i + 2 < track.size() && track[i + 1].first < time_s) ++i;
    const double share = (time_s - track[i].first) / (track[i + 1].first - track[i].first);
    hz.push_back(std::lerp(track[i].second, track[i + 1].second, share));
  }
  return hz;
}

Table answer(const Pitch& asked) {
  const auto track = read_pairs(asked.track);
  const auto is_out_of_order = [](const auto& a, const auto& b) { return b.first <= a.first; };
  if (track.size() < 2 || track.front().first < 0.0 ||
      std::adjacent_find(track.begin(), track.end(), is_out_of_order) != track.end()) {
    throw ictus::Error("'" + asked.track + "': there should be two times or more, each after the one before");
  }
  const std::vector<float> sound = read_all(asked.sound, kFullRateHz);
  const auto place = [&](double seconds) {
    return std::min(sound.size(), static_cast<std::size_t>(std::ceil(seconds * kFullRateHz)));
  };
  const std::size_t begin = place(track.front().first);
  const std::size_t end = place(track.back().first);
  const auto deviations = metrics::pitch_deviations(std::span(sound).subspan(begin, end - begin), kFullRateHz,
                                                    frequencies_hz(track, begin, end), asked.partial);
  Table table{{"time_s", "pitch_cents"}, {}};
  for (const auto& [time_s, cents] : deviations) {
    table.rows.push_back({time_s + static_cast<double>(begin) / kFullRateHz, cents.value_or(kNothing)});
  }
  return table;
}

struct Notes {
  Pairs pairs;
};

std::vector<metrics::OnsetAndPitch> read_notes(const std::string& path) {
  std::vector<metrics::OnsetAndPitch> notes;
  for (const auto& [onset_s, pitch_midi] : read_pairs(path)) notes.push_back({onset_s, pitch_midi});
  return notes;
}

Table answer(const Notes& asked) {
  Table table{{"matched", "precision", "recall", "f1"}, {}};
  for (const auto& [truth, found] : asked.pairs) {
    const auto match = metrics::match_notes(read_notes(truth), read_notes(found));
    table.rows.push_back({static_cast<double>(match.matched), match.precision, match.recall, match.f1});
  }
  return table;
}

// ---- What is typed ----

void add_rate(CLI::App& app, int& rate_hz) {
  app.add_option("--rate", rate_hz, "Both are brought to this rate in Hz first")
      ->check(CLI::Range(1, kHighestRateHz))
      ->capture_default_str();
}

/// Files that come in pairs, `names` of each.
void add_pairs(CLI::App& app, Pairs& pairs, const std::string& names) {
  app.add_option_function<std::vector<std::string>>(
         "FILES",
         [&pairs](const std::vector<std::string>& files) {
           if (files.size() % 2 != 0) throw CLI::ValidationError("FILES", "come in pairs; the last is alone");
           for (std::size_t i = 0; i < files.size(); i += 2) pairs.emplace_back(files[i], files[i + 1]);
         },
         names + ", one pair after another")
      ->required();
}

void add_left_right(CLI::App& app, LeftRight& asked) {
  CLI::App& own =
      *app.add_subcommand("left-right", "level of the left over the right channel; each channel is a file");
  own.add_option("REFERENCE_LEFT", asked.reference_left)->required();
  own.add_option("REFERENCE_RIGHT", asked.reference_right)->required();
  own.add_option("TEST_LEFT", asked.test_left)->required();
  own.add_option("TEST_RIGHT", asked.test_right)->required();
  add_rate(own, asked.rate_hz);
  own.callback([&] { print(answer(asked)); });
}

void add_tone(CLI::App& app, Tone& asked) {
  CLI::App& own = *app.add_subcommand("tone", "level, swing and pitch of a steady tone");
  own.add_option("HZ", asked.tone.frequency_hz)->required()->check(CLI::PositiveNumber);
  own.add_option("LEVEL_DBFS", asked.tone.level_dbfs, "Of its root mean square")->required();
  own.add_option("FROM_S", asked.from_s)->required()->check(CLI::NonNegativeNumber);
  own.add_option("TO_S", asked.to_s)->required()->check(CLI::NonNegativeNumber);
  own.add_option("SOUND", asked.sound)->required();
  own.callback([&] { print(answer(asked)); });
}

int run(int argc, char** argv) {
  CLI::App app("Measures how far sounds, tones, pitches and notes are from what they should be.",
               "compare_sounds");
  app.require_subcommand(1);

  Sounds sounds;
  CLI::App* const sounds_app =
      app.add_subcommand("sounds", "log-mel distance, level, loudness-weighted error and bias, convergence");
  add_pairs(*sounds_app, sounds.pairs, "REFERENCE TEST");
  add_rate(*sounds_app, sounds.rate_hz);
  sounds_app->callback([&] { print(answer(sounds)); });

  Band band;
  CLI::App* const band_app = app.add_subcommand("band", "level between two frequencies");
  band_app->add_option("LOWEST_HZ", band.lowest_hz)->required();
  band_app->add_option("HIGHEST_HZ", band.highest_hz)->required();
  add_pairs(*band_app, band.sounds.pairs, "REFERENCE TEST");
  add_rate(*band_app, band.sounds.rate_hz);
  band_app->callback([&] { print(answer(band)); });

  Bands bands;
  CLI::App* const bands_app = app.add_subcommand("bands", "powers of thirds of an octave over time");
  bands_app->add_option("SOUND", bands.sound)->required();
  bands_app->add_option("--every", bands.every_s, "Seconds")
      ->check(CLI::Range(0.01, 3600.0))
      ->capture_default_str();
  add_rate(*bands_app, bands.rate_hz);
  bands_app->callback([&] { print(answer(bands)); });

  LeftRight left_right;
  add_left_right(app, left_right);

  Tone tone;
  add_tone(app, tone);

  Pitch pitch;
  CLI::App* const pitch_app = app.add_subcommand("pitch", "deviation of a pitch that moves, every 20 ms");
  pitch_app->add_option("TRACK", pitch.track, "Lines with a time in s and a frequency in Hz")->required();
  pitch_app->add_option("SOUND", pitch.sound)->required();
  pitch_app->add_option("--partial", pitch.partial, "Which partial is looked at")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  pitch_app->callback([&] { print(answer(pitch)); });

  Notes notes;
  CLI::App* const notes_app = app.add_subcommand("notes", "precision, recall and F1 of notes");
  add_pairs(*notes_app, notes.pairs, "TRUTH FOUND, lines with an onset in s and a MIDI pitch");
  notes_app->callback([&] { print(answer(notes)); });

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "compare_sounds: %s\n", error.what());
    return 1;
  }
}
