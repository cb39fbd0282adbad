// The OPTIONS section of a man page.
#include <fmt/format.h>

#include "apps/options/description.hpp"

namespace ictus::options {
namespace {

/// Text as roff prints it literally.
std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else {
      result += c;
    }
  }
  // A line that begins with a full stop or an apostrophe would be a request.
  if (!result.empty() && (result.front() == '.' || result.front() == '\'')) result.insert(0, "\\&");
  return result;
}

std::string heading(const OptionDescription& option) {
  std::string line = ".TP\n";
  if (!option.short_name.empty()) line += fmt::format("\\fB{}\\fR, ", escaped(option.short_name));
  line += fmt::format("\\fB{}\\fR", escaped(option.long_name));
  if (!option.metavar.empty()) line += fmt::format(" \\fI{}\\fR", escaped(option.metavar));
  return line + "\n";
}

}  // namespace

std::string render_man_options(const CommandDescription& command) {
  std::string page = ".SH OPTIONS\n";
  for (const PositionalDescription& positional : command.positionals) {
    page += fmt::format(".TP\n\\fI{}\\fR\n{}\n", escaped(positional.metavar), escaped(positional.text));
  }
  for (const OptionGroup& group : command.groups) {
    page += fmt::format(".SS {}\n", group.name);
    for (const OptionDescription& option : group.options) {
      page += heading(option) + escaped(option.text) + "\n";
      if (!option.default_value.empty()) {
        page += fmt::format("The default is \\fB{}\\fR.\n", escaped(option.default_value));
      }
    }
  }
  return page;
}

}  // namespace ictus::options
