#include "lib/core/utf8.hpp"

#include <utf8.h>

namespace ictus {
namespace {

/// U+FFFD for what is no character and never will be.
char32_t character(char32_t code) {
  const bool is_none = (code & 0xFFFEU) == 0xFFFEU || (code >= 0xFDD0 && code <= 0xFDEF);
  return is_none ? 0xFFFD : code;
}

bool is_control(char32_t code) { return code < 0x20 || (code >= 0x7F && code < 0xA0); }

/// Each character of the text as `change` makes it.
template <typename Change>
std::string changed(std::string_view text, Change change) {
  const std::string valid = utf8::replace_invalid(text);
  std::string result;
  result.reserve(valid.size());
  for (auto at = valid.begin(); at != valid.end();) utf8::append(change(utf8::next(at, valid.end())), result);
  return result;
}

}  // namespace

bool is_utf8(std::string_view text) { return utf8::is_valid(text.begin(), text.end()); }

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::string valid_utf8(std::string_view text) { return changed(text, character); }

std::string printable_lines(std::string_view text) {
  return changed(text, [](char32_t code) {
    const bool stays = code == U'\t' || code == U'\n' || code == U'\r';
    return is_control(code) && !stays ? U' ' : character(code);
  });
}

std::string printable(std::string_view text) {
  return changed(text, [](char32_t code) { return is_control(code) ? U' ' : character(code); });
}

}  // namespace ictus
