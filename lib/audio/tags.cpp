#include "lib/audio/tags.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>

namespace ictus::audio {
namespace {

struct InfoName {
  std::string_view id;
  std::string_view tag;
};

constexpr std::array<InfoName, 9> kInfoNames{{{"INAM", "title"},
                                              {"IART", "artist"},
                                              {"IPRD", "album"},
                                              {"ICRD", "date"},
                                              {"IGNR", "genre"},
                                              {"ICMT", "comment"},
                                              {"ICOP", "copyright"},
                                              {"ISFT", "software"},
                                              {"ITRK", "tracknumber"}}};

/// Length of the UTF-8 sequence at the front of `text`, 0 if it is not one. Overlong forms, surrogates
/// and what lies beyond U+10FFFF are not.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0) == 0x80; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return continues(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF && continues(1) && continues(2)) {
    const bool overlong = first == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = first == 0xED && byte(1) >= 0xA0;
    return overlong || surrogate ? 0 : 3;
  }
  if (first >= 0xF0 && first <= 0xF4 && continues(1) && continues(2) && continues(3)) {
    const bool overlong = first == 0xF0 && byte(1) < 0x90;
    const bool beyond = first == 0xF4 && byte(1) >= 0x90;
    return overlong || beyond ? 0 : 4;
  }
  return 0;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
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

Tags parse_info_tags(std::span<const std::byte> info) {
  const std::string_view text(reinterpret_cast<const char*>(info.data()), info.size());
  Tags tags;
  for (std::size_t at = 0; at + 8 <= text.size();) {
    std::size_t size = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      size |= static_cast<std::size_t>(static_cast<unsigned char>(text[at + 4 + i])) << (8 * i);
    }
    if (size > text.size() - at - 8) break;
    std::string_view value = text.substr(at + 8, size);
    value = value.substr(0, value.find('\0'));
    const auto known = std::find_if(kInfoNames.begin(), kInfoNames.end(),
                                    [&](const InfoName& name) { return name.id == text.substr(at, 4); });
    if (known != kInfoNames.end() && !value.empty()) tags.emplace_back(known->tag, to_utf8(value));
    at += 8 + size + size % 2;
  }
  return tags;
}

std::vector<std::byte> make_info_chunk(const Tags& tags) {
  std::vector<std::byte> entries;
  for (const auto& [name, value] : tags) {
    const std::string wanted = lower_case(name);
    const auto known = std::find_if(kInfoNames.begin(), kInfoNames.end(),
                                    [&](const InfoName& info) { return info.tag == wanted; });
    if (known == kInfoNames.end() || value.empty()) continue;
    append(entries, known->id);
    append_u32(entries, value.size() + 1);
    append(entries, value);
    entries.push_back(std::byte{0});
    if (entries.size() % 2 != 0) entries.push_back(std::byte{0});
  }
  if (entries.empty()) return {};
  std::vector<std::byte> chunk;
  append(chunk, "LIST");
  append_u32(chunk, 4 + entries.size());
  append(chunk, "INFO");
  chunk.insert(chunk.end(), entries.begin(), entries.end());
  return chunk;
}

}  // namespace ictus::audio
