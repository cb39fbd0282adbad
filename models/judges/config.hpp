// Everything that shapes a judge. It travels inside the weights file; facts that follow from it are
// functions.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace ictus::models {

struct JudgeConfig {
  std::string id = "judge-family-1";
  std::string question = "family";  ///< what it tells of a note: "family" or "pitch"
  /// It learns from notes of these alone. To a judge of families they are the answers, in this order.
  std::vector<std::string> families = {"bass", "brass", "flute",  "guitar",     "keyboard", "mallet", "organ",
                                       "pad",  "reed",  "string", "synth_lead", "vocal",    "world"};
  int lowest_pitch = 24;  ///< MIDI numbers; to a judge of pitches these and all between are the answers
  int highest_pitch = 100;

  int sample_rate_hz = 16000;
  int clip_samples = 65536;  ///< what it hears of a note, from its beginning
  int window_samples = 2048;
  int hop_samples = 512;
  double lowest_hz = 27.5;  ///< centre of the lowest band
  int bands_per_octave = 24;
  int bands = 192;
  double range_db = 70.0;  ///< what lies further below a note's loudest place counts as silence

  /// The levels of the network: what each puts out, how far it steps up the bands and along the frames, and
  /// how many residual blocks it has.
  std::vector<int> channels = {16, 32, 48, 64};
  std::vector<int> band_steps = {2, 2, 2, 2};
  std::vector<int> frame_steps = {2, 2, 2, 2};
  std::vector<int> blocks = {0, 1, 1, 1};
  int embedding_size = 64;

  [[nodiscard]] std::vector<std::string> classes() const;
  /// The place of a note's right answer in classes(); nothing when it is none of them.
  [[nodiscard]] std::optional<std::size_t> class_of(const std::string& family, int pitch) const;
  [[nodiscard]] int frames() const { return clip_samples / hop_samples; }
  /// Bands that are left after the last level.
  [[nodiscard]] int last_bands() const;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(JudgeConfig, id, question, families, lowest_pitch,
                                                highest_pitch, sample_rate_hz, clip_samples, window_samples,
                                                hop_samples, lowest_hz, bands_per_octave, bands, range_db,
                                                channels, band_steps, frame_steps, blocks, embedding_size)

/// Throws ictus::Error that names the first value that makes no sense.
void check(const JudgeConfig& config);

}  // namespace ictus::models
