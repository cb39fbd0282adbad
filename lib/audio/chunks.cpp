#include "lib/audio/chunks.hpp"

#include <algorithm>
#include <vector>

namespace ictus::audio {
namespace {

/// Names that decide where a chunk begins, whatever stands before them.
constexpr std::array<std::string_view, 24> kUsualNames{
    "fmt ", "data", "LIST", "fact", "bext", "iXML", "cue ", "smpl", "JUNK", "id3 ", "PEAK", "COMM",
    "SSND", "MARK", "NAME", "AUTH", "ANNO", "INST", "FVER", "APPL", "(c) ", "ID3 ", "CHAN", "FLLR"};

bool is_usual(std::span<const std::byte> bytes) {
  return std::any_of(kUsualNames.begin(), kUsualNames.end(),
                     [&](std::string_view name) { return begins_with(bytes, name); });
}

}  // namespace

std::string Chunk::name() const {
  std::string text;
  for (const std::byte byte : id) text += static_cast<char>(byte);
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

std::optional<Chunk> ChunkWalk::at(std::uint64_t offset) const {
  std::array<std::byte, 8> head{};
  if (input_.read_at(offset, head) != head.size() || !is_chunk_name(head)) return std::nullopt;
  Chunk chunk;
  std::copy_n(head.begin(), 4, chunk.id.begin());
  chunk.size = number(std::span<const std::byte>(head).last(4), order_);
  chunk.offset = offset + head.size();
  return chunk;
}

std::uint64_t ChunkWalk::behind(const Chunk& chunk, std::vector<std::string>& remarks) const {
  const std::uint64_t end = chunk.offset + chunk.size;
  if (chunk.size % 2 == 0) return end;
  std::array<std::byte, 5> next{};
  const auto there = std::span<const std::byte>(next).first(input_.read_at(end, next));
  if (there.size() < 4) return end + 1;
  const bool is_padded = !is_usual(there) && (is_usual(there.subspan(1)) || there[0] == std::byte{0});
  if (is_padded || !is_chunk_name(there)) return end + 1;
  remarks.push_back("the pad byte behind its " + chunk.name() + " chunk is missing");
  return end;
}

std::optional<Chunk> ChunkWalk::search(const Chunk& wrong, std::vector<std::string>& remarks) const {
  constexpr std::size_t kMostBytes = 1 << 16;
  std::array<std::byte, 1024> part{};
  // Parts overlap, so that a name may stand across their border.
  for (std::size_t at_part = 0; at_part < kMostBytes; at_part += part.size() - sound_.size()) {
    const auto bytes = std::span<const std::byte>(part).first(input_.read_at(wrong.offset + at_part, part));
    const auto found = std::search(bytes.begin(), bytes.end(), sound_.begin(), sound_.end(),
                                   [](std::byte byte, char c) { return byte == static_cast<std::byte>(c); });
    if (found != bytes.end()) {
      const auto sound = at(wrong.offset + at_part + static_cast<std::uint64_t>(found - bytes.begin()));
      if (!sound || !is_credible(*sound)) return std::nullopt;
      remarks.push_back("the size of its " + wrong.name() +
                        " chunk is wrong; the sound was found by its name");
      return sound;
    }
    if (bytes.size() < part.size()) break;
  }
  return std::nullopt;
}

bool ChunkWalk::is_credible(const Chunk& sound) const {
  return !input_.file_bytes || sound.offset + sound.size <= *input_.file_bytes ||
         !is_credible_size(sound.size);
}

}  // namespace ictus::audio
