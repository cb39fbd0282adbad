// The chunks of RIFF (WAV) and of EA IFF 85 (AIFF): a name of four letters, a size, and an even number of
// bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lib/audio/sound_header.hpp"

namespace ictus::audio {

struct Chunk {
  std::array<std::byte, 4> id{};
  std::uint64_t size = 0;
  std::uint64_t offset = 0;  ///< of its content

  [[nodiscard]] bool is(std::string_view name) const { return begins_with(id, name); }
  [[nodiscard]] std::string name() const;
};

/// Finds one chunk after the other, also where a writer forgot a pad byte or a size is wrong.
class ChunkWalk {
 public:
  /// `sound` is the name of the chunk that is looked for when the way is lost.
  ChunkWalk(const HeaderInput& input, ByteOrder order, std::string_view sound)
      : input_(input), order_(order), sound_(sound) {}

  /// The chunk at `offset`; nothing at the end of the input or where no chunk is.
  [[nodiscard]] std::optional<Chunk> at(std::uint64_t offset) const;

  /// Where the next chunk begins. A pad byte is 0 and a chunk's name is printable, so what stands there is
  /// looked at; remarks say when the pad byte is not there.
  [[nodiscard]] std::uint64_t behind(const Chunk& chunk, std::vector<std::string>& remarks) const;

  /// The sound, found by its name behind a chunk whose size leads nowhere; nothing if it is not near.
  [[nodiscard]] std::optional<Chunk> search(const Chunk& wrong, std::vector<std::string>& remarks) const;

 private:
  /// Whether the sound is there as its size says, or its size is a placeholder.
  [[nodiscard]] bool is_credible(const Chunk& sound) const;

  const HeaderInput& input_;
  ByteOrder order_;
  std::string_view sound_;
};

}  // namespace ictus::audio
