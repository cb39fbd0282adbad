// HTML with places to fill in, so that pages can be written as web files.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ictus::report {

/// What the places of a template are filled with, by their names.
struct Fields {
  std::map<std::string, std::string> texts;
  std::map<std::string, std::vector<Fields>> lists;
};

/// A part of the Mustache language (mustache.github.io, manual, mustache(5)):
///   {{name}}               a text, as HTML
///   {{{name}}}             a text that is HTML already, as it is
///   {{#name}} ... {{/name}}  what is between, once for each entry of a list, with the entry's fields alone
/// What has been filled in is not looked at again, so braces in a text stay braces.
/// Throws std::logic_error for a name that the fields do not have and for a section without an end: a
/// mistake in the program, not in its input.
[[nodiscard]] std::string fill(std::string_view html, const Fields& fields);

}  // namespace ictus::report
