#include "lib/compose/list_text.hpp"

#include <fmt/format.h>
#include <utf8.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include "lib/core/error.hpp"

namespace ictus::compose {
namespace {

using namespace std::string_view_literals;

constexpr auto kMark = "\xEF\xBB\xBF"sv;
constexpr auto kMark16LittleEndian = "\xFF\xFE"sv;
constexpr auto kMark16BigEndian = "\xFE\xFF"sv;
constexpr auto kMark32LittleEndian = "\xFF\xFE\0\0"sv;
constexpr auto kMark32BigEndian = "\0\0\xFE\xFF"sv;
constexpr std::string_view kNothing[] = {" ", "\t", "\r", "\n", "\xC2\xA0", kMark};
constexpr const char* kSaveAsUtf8 = "save the list as CSV in UTF-8";

enum class ByteOrder { little, big };

/// Letters of ASCII have a NUL byte as their upper half, and no character is two of them.
std::optional<ByteOrder> plain_utf16(std::string_view bytes) {
  std::size_t zeros[2] = {0, 0};
  for (std::size_t i = 0; i < bytes.size(); ++i) zeros[i % 2] += bytes[i] == '\0' ? 1 : 0;
  if (zeros[0] == 0 && 4 * zeros[1] > bytes.size()) return ByteOrder::little;
  if (zeros[1] == 0 && 4 * zeros[0] > bytes.size()) return ByteOrder::big;
  return std::nullopt;
}

std::string from_utf16(std::string_view bytes, ByteOrder order) {
  if (bytes.size() % 2 != 0) throw Error("is UTF-16 that ends within a character", kSaveAsUtf8);
  std::u16string units(bytes.size() / 2, u'\0');
  for (std::size_t i = 0; i < units.size(); ++i) {
    const auto first = static_cast<unsigned char>(bytes[2 * i]);
    const auto second = static_cast<unsigned char>(bytes[2 * i + 1]);
    units[i] = static_cast<char16_t>(order == ByteOrder::little ? first | second << 8 : first << 8 | second);
  }
  std::string text;
  text.reserve(units.size());
  try {
    utf8::utf16to8(units.begin(), units.end(), std::back_inserter(text));
  } catch (const utf8::exception&) {
    const auto line = 1 + std::count(text.begin(), text.end(), '\n');
    throw Error(fmt::format("line {}: half of a character of UTF-16 is missing", line), kSaveAsUtf8);
  }
  return text;
}

}  // namespace

std::string_view utf8_text(std::string_view bytes, std::string& converted) {
  if (bytes.starts_with(kMark32LittleEndian) || bytes.starts_with(kMark32BigEndian)) {
    throw Error("is UTF-32, in which lists are not read", kSaveAsUtf8);
  }
  std::string_view text = bytes;
  if (bytes.starts_with(kMark16LittleEndian)) {
    text = converted = from_utf16(bytes.substr(2), ByteOrder::little);
  } else if (bytes.starts_with(kMark16BigEndian)) {
    text = converted = from_utf16(bytes.substr(2), ByteOrder::big);
  } else if (bytes.find('\0') != std::string_view::npos) {
    if (const auto order = plain_utf16(bytes)) text = converted = from_utf16(bytes, *order);
  }
  if (text.find('\0') != std::string_view::npos) throw Error("is no text, and so no list of events");
  while (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  return text;
}

std::string_view trimmed(std::string_view text) {
  const auto is_begun_by = [&](std::string_view nothing) { return text.starts_with(nothing); };
  const auto is_ended_by = [&](std::string_view nothing) { return text.ends_with(nothing); };
  while (true) {
    const auto* const found = std::find_if(std::begin(kNothing), std::end(kNothing), is_begun_by);
    if (found == std::end(kNothing)) break;
    text.remove_prefix(found->size());
  }
  while (true) {
    const auto* const found = std::find_if(std::begin(kNothing), std::end(kNothing), is_ended_by);
    if (found == std::end(kNothing)) break;
    text.remove_suffix(found->size());
  }
  return text;
}

}  // namespace ictus::compose
