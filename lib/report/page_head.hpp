// How every page begins.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ictus::report {

struct PageHead {
  std::string_view command;  ///< that makes it: "ictus explore"
  std::string title;
  std::vector<std::string> facts;  ///< short sentences below the title
  std::string_view policy;         ///< what the page may load and run, as Content-Security-Policy says it
  std::string_view scripted;       ///< CSS selectors of what is of no use without scripts
  std::string css;                 ///< beside what all pages have
};

/// HTML from the beginning to the end of the masthead; the body is open.
[[nodiscard]] std::string page_head(const PageHead& head);

}  // namespace ictus::report
