// One FLAC stream, from wherever its bytes come, by libFLAC.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lib/audio/uniform_reader.hpp"

namespace ictus::audio {

class FlacDecoder {
 public:
  /// Fills the front of its argument; 0 only at the end.
  using Feed = std::function<std::size_t(std::span<std::byte>)>;
  /// Whether the stream is over with the byte at this place of the feed, where no frame begins.
  using IsOver = std::function<bool(std::uint64_t offset)>;

  /// Reads what comes before the sound. Throws ictus::Error with `name` if that cannot be used.
  FlacDecoder(Feed feed, IsOver is_over, const std::string& name);
  ~FlacDecoder();
  FlacDecoder(const FlacDecoder&) = delete;
  FlacDecoder& operator=(const FlacDecoder&) = delete;

  /// The next frame's sound, and silence for frames before it that are lost; false at the end.
  bool next(SoundBlock& block);

  [[nodiscard]] AudioSpec spec() const;
  [[nodiscard]] std::optional<std::uint64_t> promised_frames() const;
  [[nodiscard]] Speakers speakers() const;
  [[nodiscard]] const Tags& tags() const;
  /// Where the last frame that was read ends in the feed.
  [[nodiscard]] std::uint64_t end_of_sound() const;
  /// After the end; to follow the input's name.
  [[nodiscard]] std::vector<std::string> faults() const;
  /// After the end; with the input's name.
  [[nodiscard]] std::vector<std::string> remarks() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ictus::audio
