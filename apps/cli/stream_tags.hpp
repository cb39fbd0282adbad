// The tags of a stream that is made: the input's, those that were set, and how many of them fit.
#pragma once

#include <string>
#include <vector>

#include "lib/audio/audio.hpp"

namespace ictus::cli {

struct StreamTags {
  audio::Tags tags;
  std::vector<std::string> warnings;  ///< of what was left out
};

/// The input's own tags, with those that were set in their place; an empty value leaves a field out. Of the
/// input's own, the longest are left out until a header holds the rest; those that were set are kept.
[[nodiscard]] StreamTags stream_tags(audio::Tags own, const audio::Tags& set);

/// "the tag a", "the tags a, b and c".
[[nodiscard]] std::string tag_names(const std::vector<std::string>& names);

}  // namespace ictus::cli
