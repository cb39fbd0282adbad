// Everything that shapes a generator of token pyramids. It travels inside the weights file.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "models/mars/config.hpp"

namespace ictus::models {

struct GeneratorConfig {
  std::string id = "mars-notes-1";
  /// How a pyramid is written: "scales", all tokens of a scale at once, or "tokens", one after the other
  /// row by row, the usual way, kept to be compared with.
  std::string order = "scales";

  int width = 256;
  int depth = 6;
  int heads = 4;
  int hidden = 1024;  ///< units of a block's second half

  /// Names in the order of their numbers; what is not among them cannot be asked for.
  std::vector<std::string> families = {"bass",   "brass", "flute", "guitar", "keyboard",
                                       "mallet", "organ", "reed",  "string", "synth_lead",
                                       "vocal",  "pad",   "world"};
  /// Instruments and the family of each, in the order of their numbers.
  std::map<std::string, std::string> instruments = {};
  int lowest_pitch = 24;  ///< MIDI numbers
  int highest_pitch = 100;

  // What must be as the tokenizer has it; set from it when training begins.
  std::string tokenizer_id;
  std::string tokenizer_hash;  ///< of its weights, as `ictus info --model` prints it
  int sample_rate_hz = 16000;
  int code_size = 32;
  int codebook_size = 2048;
  std::vector<std::array<int, 2>> scales = {{1, 1}, {2, 2}, {4, 3}, {6, 4}, {8, 6}, {12, 8}, {16, 14}};

  /// The number of a family or an instrument; nothing when it cannot be asked for.
  [[nodiscard]] std::optional<std::int64_t> number_of_family(const std::string& name) const;
  [[nodiscard]] std::optional<std::int64_t> number_of_instrument(const std::string& name) const;
  [[nodiscard]] int pitches() const { return highest_pitch - lowest_pitch + 1; }
  [[nodiscard]] std::int64_t tokens_of(std::size_t scale) const {
    return std::int64_t{scales.at(scale)[0]} * scales.at(scale)[1];
  }
  /// Of a whole pyramid.
  [[nodiscard]] std::int64_t tokens() const;
  /// Place of a scale's first token in the pyramid.
  [[nodiscard]] std::int64_t first_token(std::size_t scale) const;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(GeneratorConfig, id, order, width, depth, heads, hidden,
                                                families, instruments, lowest_pitch, highest_pitch,
                                                tokenizer_id, tokenizer_hash, sample_rate_hz, code_size,
                                                codebook_size, scales)

/// Throws ictus::Error that names the first value that makes no sense.
void check(const GeneratorConfig& config);

}  // namespace ictus::models
