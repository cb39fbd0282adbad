#include "lib/report/html_template.hpp"

#include <stdexcept>

#include "lib/report/escape_html.hpp"

namespace ictus::report {
namespace {

template <typename Value>
const Value& at(const std::map<std::string, Value>& fields, std::string_view name) {
  const auto found = fields.find(std::string(name));
  if (found == fields.end())
    throw std::logic_error("the template's {{" + std::string(name) + "}} is not given");
  return found->second;
}

/// Where `what` begins at or after `from`.
std::size_t place_of(std::string_view html, std::string_view what, std::size_t from) {
  const std::size_t place = html.find(what, from);
  if (place == std::string_view::npos) throw std::logic_error("the template has no " + std::string(what));
  return place;
}

void append(std::string& out, std::string_view html, const Fields& fields) {
  std::size_t done = 0;
  for (std::size_t tag = html.find("{{"); tag != std::string_view::npos; tag = html.find("{{", done)) {
    out += html.substr(done, tag - done);
    const bool as_it_is = html.substr(tag).starts_with("{{{");
    const std::size_t name_begin = tag + (as_it_is ? 3 : 2);
    const std::size_t name_end = place_of(html, as_it_is ? "}}}" : "}}", name_begin);
    const std::string_view name = html.substr(name_begin, name_end - name_begin);
    done = name_end + (as_it_is ? 3 : 2);
    if (name.starts_with('#')) {
      const std::string end_tag = "{{/" + std::string(name.substr(1)) + "}}";
      const std::size_t end = place_of(html, end_tag, done);
      for (const Fields& entry : at(fields.lists, name.substr(1))) {
        append(out, html.substr(done, end - done), entry);
      }
      done = end + end_tag.size();
    } else {
      const std::string& text = at(fields.texts, name);
      out += as_it_is ? text : escape_html(text);
    }
  }
  out += html.substr(done);
}

}  // namespace

std::string fill(std::string_view html, const Fields& fields) {
  std::string out;
  append(out, html, fields);
  return out;
}

}  // namespace ictus::report
