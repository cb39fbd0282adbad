#include "lib/audio/tags.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "lib/core/utf8.hpp"

namespace ictus::audio {
namespace {

struct InfoName {
  std::string_view id;
  std::string_view tag;
};

/// By the names of Vorbis comments and, where those have none, of the RIFF specification. Where two stand for
/// one, the first is written.
constexpr std::array<InfoName, 27> kInfoNames{{{"INAM", "title"},        {"IART", "artist"},
                                               {"IPRD", "album"},        {"ITRK", "tracknumber"},
                                               {"IPRT", "tracknumber"},  {"ICRD", "date"},
                                               {"IGNR", "genre"},        {"ICMT", "comment"},
                                               {"ICOP", "copyright"},    {"IMUS", "composer"},
                                               {"IWRI", "lyricist"},     {"ISFT", "software"},
                                               {"ISFT", "encoder"},      {"ITCH", "encodedby"},
                                               {"IENG", "engineer"},     {"ILNG", "language"},
                                               {"IBPM", "bpm"},          {"ISBJ", "subject"},
                                               {"IKEY", "keywords"},     {"IMED", "media"},
                                               {"ICMS", "commissioned"}, {"ISRC", "source"},
                                               {"ISRF", "sourceform"},   {"IARL", "archivallocation"},
                                               {"ICRP", "cropped"},      {"IDIT", "digitizationdate"},
                                               {"IRTD", "rating"}}};

template <typename IsWanted>
const InfoName* find_info_name(IsWanted is_wanted) {
  const auto* found = std::find_if(kInfoNames.begin(), kInfoNames.end(), is_wanted);
  return found == kInfoNames.end() ? nullptr : found;
}

const InfoName* info_name_of(std::string_view tag) {
  return find_info_name([wanted = lower_case(tag)](const InfoName& info) { return info.tag == wanted; });
}

void append(std::vector<std::byte>& bytes, std::string_view text) {
  for (const char c : text) bytes.push_back(static_cast<std::byte>(c));
}

void append_u32(std::vector<std::byte>& bytes, std::size_t value) {
  for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<std::byte>(value >> (8 * i) & 0xFFu));
}

}  // namespace

std::string to_utf8(std::string_view text) {
  if (is_utf8(text)) return std::string(text);
  std::string converted;
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (code < 0x80) {
      converted += c;
    } else {
      converted += static_cast<char>(0xC0 | code >> 6);
      converted += static_cast<char>(0x80 | (code & 0x3F));
    }
  }
  return converted;
}

void add_tag(Tags& tags, std::string_view name, std::string_view value) {
  std::string field = to_utf8(lower_case(name));
  for (char& c : field) {
    if ((c >= 0 && c < ' ') || c == 0x7F || c == '=') c = '_';
  }
  std::string text = to_utf8(value);
  while (!text.empty() && text.back() == '\0') text.pop_back();
  std::replace(text.begin(), text.end(), '\0', ' ');
  if (!field.empty() && !text.empty()) tags.emplace_back(std::move(field), std::move(text));
}

void add_missing(Tags& tags, const Tags& more) {
  const Tags before = tags;
  for (const auto& tag : more) {
    const bool is_there = std::any_of(before.begin(), before.end(), [&](const auto& known) {
      return lower_case(known.first) == lower_case(tag.first);
    });
    if (!is_there) tags.push_back(tag);
  }
}

Tags parse_info_tags(std::span<const std::byte> info) {
  const std::string_view text(reinterpret_cast<const char*>(info.data()), info.size());
  Tags tags;
  for (std::size_t at = 0; at + 8 <= text.size();) {
    std::size_t size = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      size |= static_cast<std::size_t>(static_cast<unsigned char>(text[at + 4 + i])) << (8 * i);
    }
    if (size > text.size() - at - 8) break;
    const std::string_view id = text.substr(at, 4);
    const std::string_view value = text.substr(at + 8, size);
    const auto* known = find_info_name([&](const InfoName& name) { return name.id == id; });
    add_tag(tags, known != nullptr ? known->tag : id, value.substr(0, value.find('\0')));
    at += 8 + size + size % 2;
  }
  return tags;
}

std::vector<std::byte> make_info_chunk(const Tags& tags) {
  std::vector<std::pair<std::string_view, std::string>> values;  // of each id, in the order of the tags
  for (const auto& [name, value] : tags) {
    const auto* known = info_name_of(name);
    if (known == nullptr || value.empty()) continue;
    const auto same = std::find_if(values.begin(), values.end(),
                                   [&](const auto& other) { return other.first == known->id; });
    if (same == values.end()) {
      values.emplace_back(known->id, value);
    } else {
      same->second += "; " + value;
    }
  }
  if (values.empty()) return {};
  std::vector<std::byte> entries;
  for (const auto& [id, value] : values) {
    append(entries, id);
    append_u32(entries, value.size() + 1);
    append(entries, value);
    entries.push_back(std::byte{0});
    if (entries.size() % 2 != 0) entries.push_back(std::byte{0});
  }
  std::vector<std::byte> chunk;
  append(chunk, "LIST");
  append_u32(chunk, 4 + entries.size());
  append(chunk, "INFO");
  chunk.insert(chunk.end(), entries.begin(), entries.end());
  return chunk;
}

std::vector<std::string> tags_left_out(const Tags& tags) {
  std::vector<std::string> names;
  for (const auto& [name, value] : tags) {
    if (info_name_of(name) != nullptr || value.empty()) continue;
    const std::string lower = lower_case(name);
    if (std::find(names.begin(), names.end(), lower) == names.end()) names.push_back(lower);
  }
  return names;
}

}  // namespace ictus::audio
