// What every way of reading sound has in common: interleaved frames at the original rate.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lib/audio/audio.hpp"
#include "lib/audio/speakers.hpp"
#include "lib/core/error.hpp"

namespace ictus::audio {

class FrameReader {
 public:
  virtual ~FrameReader() = default;
  /// Fills the front of `interleaved`, whose size is a multiple of the channel count, with what can be
  /// had without waiting for more; returns the frames, 0 only at the end.
  virtual std::size_t read(std::span<float> interleaved) = 0;
  [[nodiscard]] virtual AudioSpec spec() const = 0;
  [[nodiscard]] virtual std::optional<std::uint64_t> expected_frames() const = 0;
  [[nodiscard]] virtual Tags tags() const = 0;
  /// What the input says its channels are meant for.
  [[nodiscard]] virtual Speakers speakers() const { return {}; }
  /// After the end: what is wrong, if the input held less than it should have.
  [[nodiscard]] virtual std::optional<DamagedInput> damage() const = 0;
  /// After the end: what was mended, ignored or left over although no sound is missing; a sentence each,
  /// about "it", without a full stop.
  [[nodiscard]] virtual std::vector<std::string> remarks() const { return {}; }
};

/// What is wrong with an input that ended early, to follow its name.
inline std::string cut_short_fault(std::uint64_t promised, std::uint64_t found, const std::string& unit) {
  return "is cut short: its header promises " + std::to_string(promised) + " " + unit + " and " +
         std::to_string(found) + " are there";
}

/// The complaint about it.
inline DamagedInput cut_short(const std::string& name, std::uint64_t promised, std::uint64_t found,
                              const std::string& unit) {
  return DamagedInput(name + " " + cut_short_fault(promised, found, unit),
                      "what is there was used; copy or record the rest again");
}

}  // namespace ictus::audio
