#include "lib/plot/text.hpp"

#include <algorithm>
#include <cstdint>

namespace ictus::plot {
namespace {

constexpr std::string_view kEllipsis = "\u2026";
constexpr std::string_view kReplacement = "\ufffd";

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

/// The bytes of the character that `text` begins with; 0 if it begins with none.
std::size_t character_bytes(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  if (first < 0x80) return 1;
  const std::size_t bytes = first >= 0xc2 && first <= 0xdf   ? 2
                            : first >= 0xe0 && first <= 0xef ? 3
                            : first >= 0xf0 && first <= 0xf4 ? 4
                                                             : 0;
  if (bytes == 0 || text.size() < bytes) return 0;
  if (!std::all_of(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(bytes), continues)) return 0;
  // Longer than need be, surrogates, what lies beyond Unicode.
  const auto second = static_cast<unsigned char>(text[1]);
  const bool wrong = (first == 0xe0 && second < 0xa0) || (first == 0xed && second >= 0xa0) ||
                     (first == 0xf0 && second < 0x90) || (first == 0xf4 && second >= 0x90);
  return wrong ? 0 : bytes;
}

/// U+FDD0 .. U+FDEF and the last two of each plane are no characters, and cairo refuses to draw them.
bool is_noncharacter(std::string_view character) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(character[i]); };
  if (character.size() == 3 && byte(0) == 0xef) {
    return (byte(1) == 0xb7 && byte(2) >= 0x90 && byte(2) <= 0xaf) || (byte(1) == 0xbf && byte(2) >= 0xbe);
  }
  return character.size() == 4 && (byte(1) & 0x0f) == 0x0f && byte(2) == 0xbf && byte(3) >= 0xbe;
}

/// Where the character of that number begins.
std::size_t offset_of(std::string_view text, std::size_t character) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < character && at < text.size(); ++i) {
    ++at;
    while (at < text.size() && continues(text[at])) ++at;
  }
  return at;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t bytes = character_bytes(text);
    const auto first = static_cast<unsigned char>(text.front());
    // C1's control characters are C2 80 .. C2 9F.
    const bool control = first < 0x20 || first == 0x7f ||
                         (bytes == 2 && first == 0xc2 && static_cast<unsigned char>(text[1]) < 0xa0);
    if (control) {
      result += ' ';
    } else if (bytes == 0 || is_noncharacter(text.substr(0, bytes))) {
      result += kReplacement;
    } else {
      result += text.substr(0, bytes);
    }
    text.remove_prefix(std::max<std::size_t>(bytes, 1));
  }
  return result;
}

std::size_t length_of(std::string_view printable_text) {
  return static_cast<std::size_t>(std::count_if(printable_text.begin(), printable_text.end(),
                                                [](char byte) { return !continues(byte); }));
}

std::string without_middle(std::string_view printable_text, std::size_t characters) {
  const std::size_t length = length_of(printable_text);
  if (length <= characters) return std::string(printable_text);
  if (characters == 0) return {};
  const std::size_t end = (characters - 1) / 2;
  const std::size_t begin = characters - 1 - end;
  std::string result(printable_text.substr(0, offset_of(printable_text, begin)));
  result += kEllipsis;
  result += printable_text.substr(offset_of(printable_text, length - end));
  return result;
}

}  // namespace ictus::plot
