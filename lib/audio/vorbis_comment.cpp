#include "lib/audio/vorbis_comment.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "lib/audio/tags.hpp"
#include "lib/core/utf8.hpp"

namespace ictus::audio {
namespace {

constexpr std::array<std::string_view, 3> kNoTags{"metadata_block_picture", "coverart",
                                                  "waveformatextensible_channel_mask"};

}  // namespace

void add_comment(Tags& tags, std::string_view entry) {
  const std::size_t equals = entry.find('=');
  if (equals == std::string_view::npos) return;
  const std::string name = lower_case(entry.substr(0, equals));
  if (std::find(kNoTags.begin(), kNoTags.end(), name) != kNoTags.end()) return;
  add_tag(tags, name, entry.substr(equals + 1));
}

Tags parse_comments(std::span<const std::byte> block) {
  const std::string_view text(reinterpret_cast<const char*>(block.data()), block.size());
  std::size_t at = 0;
  const auto number = [&]() -> std::size_t {
    std::size_t value = 0;
    if (text.size() - at < 4) {
      at = text.size();
      return 0;
    }
    for (std::size_t i = 0; i < 4; ++i)
      value |= static_cast<std::size_t>(static_cast<unsigned char>(text[at++])) << (8 * i);
    return value;
  };
  Tags tags;
  const std::size_t vendor_bytes = number();
  if (vendor_bytes > text.size() - at) return tags;
  at += vendor_bytes;
  const std::size_t count = number();
  for (std::size_t i = 0; i < count && at < text.size(); ++i) {
    const std::size_t bytes = number();
    if (bytes > text.size() - at) break;
    add_comment(tags, text.substr(at, bytes));
    at += bytes;
  }
  return tags;
}

}  // namespace ictus::audio
