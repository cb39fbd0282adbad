#include "lib/compose/list_place.hpp"

#include <fmt/format.h>
#include <utf8.h>

#include <iterator>
#include <utility>

#include "lib/core/error.hpp"

namespace ictus::compose {

void Place::refuse(std::string_view value, std::string_view what, std::string hint) const {
  throw Error(fmt::format("line {}, column {}: '{}' {}", line, column, shown(value), what), std::move(hint));
}

void refuse_line(std::size_t line, const std::string& what, std::string hint) {
  throw Error(fmt::format("line {}: {}", line, what), std::move(hint));
}

std::string shown(std::string_view value) {
  constexpr std::size_t kMost = 60;
  std::size_t size = value.size();
  if (size > kMost) {
    size = kMost;
    // Not in the middle of a character.
    while (size > 0 && (static_cast<unsigned char>(value[size]) & 0xC0U) == 0x80U) --size;
  }
  std::string text;
  utf8::replace_invalid(value.begin(), value.begin() + static_cast<std::ptrdiff_t>(size),
                        std::back_inserter(text));
  return size < value.size() ? text + "..." : text;
}

}  // namespace ictus::compose
