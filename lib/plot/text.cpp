#include "lib/plot/text.hpp"

#include <algorithm>

namespace ictus::plot {
namespace {

constexpr std::string_view kEllipsis = "\u2026";

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

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
