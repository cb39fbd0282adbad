#include "apps/cli/stream_tags.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "apps/cli/text.hpp"
#include "formats/tag_limits.hpp"
#include "lib/core/utf8.hpp"

namespace ictus::cli {
namespace {

std::size_t bytes_of(const audio::Tags& tags) {
  std::size_t bytes = 0;
  for (const auto& [field, value] : tags) bytes += formats::tag_bytes(field, value);
  return bytes;
}

bool fits(const audio::Tags& a, const audio::Tags& b) {
  return a.size() + b.size() <= formats::kMaxTags &&
         bytes_of(a) + bytes_of(b) <= formats::kMaxHeaderBytes - formats::kMaxOtherHeaderBytes;
}

}  // namespace

StreamTags stream_tags(audio::Tags own, const audio::Tags& set) {
  audio::Tags added;
  for (const auto& [field, value] : set) {
    std::erase_if(own,
                  [&field = field](const auto& tag) { return lower_case(tag.first) == lower_case(field); });
    if (!value.empty()) added.emplace_back(field, value);
  }
  StreamTags made;
  std::vector<std::string> left_out;
  while (!own.empty() && !fits(own, added)) {
    const auto longest = std::max_element(own.begin(), own.end(), [](const auto& a, const auto& b) {
      return a.second.size() < b.second.size();
    });
    left_out.push_back(longest->first);
    own.erase(longest);
  }
  made.tags = std::move(own);
  made.tags.insert(made.tags.end(), added.begin(), added.end());
  if (!left_out.empty()) {
    made.warnings.push_back(fmt::format("a stream has no room for {} of the input; {} left out",
                                        tag_names(left_out), left_out.size() == 1 ? "it was" : "they were"));
  }
  return made;
}

std::string tag_names(const std::vector<std::string>& names) {
  std::vector<std::string> once;
  for (const std::string& name : names) {
    const std::string shown = harmless(name);
    if (std::find(once.begin(), once.end(), shown) == once.end()) once.push_back(shown);
  }
  constexpr std::size_t kMost = 20;
  std::string text = once.size() == 1 ? "the tag " : "the tags ";
  for (std::size_t i = 0; i < once.size(); ++i) {
    if (i == kMost) return text + fmt::format(" and {} more", once.size() - kMost);
    if (i > 0) text += i + 1 == once.size() ? " and " : ", ";
    text += once[i];
  }
  return text;
}

}  // namespace ictus::cli
