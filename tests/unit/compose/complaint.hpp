// What is said of lists of events that are refused.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "lib/compose/event_list.hpp"
#include "tests/unit/message_of.hpp"

namespace ictus::compose {

inline std::string complaint(const std::string& text) {
  return tests::message_of([&] { return parse_event_list(text); });
}

/// Lists, and what is said of each.
inline void check_complaints(const std::vector<std::pair<std::string, std::string>>& lists) {
  for (const auto& [text, said] : lists) CHECK_MESSAGE(complaint(text) == said, text);
}

}  // namespace ictus::compose
