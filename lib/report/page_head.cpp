#include "lib/report/page_head.hpp"

#include "embedded/page_css.hpp"
#include "embedded/page_head_html.hpp"
#include "lib/report/html_template.hpp"

namespace ictus::report {

std::string page_head(const PageHead& head) {
  Fields fields;
  fields.texts = {{"command", std::string(head.command)},
                  {"title", head.title},
                  {"policy", std::string(head.policy)},
                  {"scripted", std::string(head.scripted)},
                  {"css", std::string(kPageCss) + head.css}};
  fields.lists["facts"] = {};
  for (const std::string& fact : head.facts) fields.lists["facts"].push_back({{{"text", fact}}, {}});
  return fill(kPageHeadHtml, fields);
}

}  // namespace ictus::report
