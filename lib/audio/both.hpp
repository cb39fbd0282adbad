// What is said by two.
#pragma once

#include <string>
#include <vector>

namespace ictus::audio {

/// All of the first and then all of the second.
inline std::vector<std::string> both(std::vector<std::string> first, const std::vector<std::string>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

}  // namespace ictus::audio
