#include "lib/evaluation/pairs.hpp"

#include <cstdlib>
#include <filesystem>
#include <map>
#include <utility>

namespace ictus::evaluation {
namespace {

constexpr int kFarthest = 128;

std::string stem(const NamedNote& note) { return std::filesystem::path(note.name).stem().string(); }

int velocity_distance(int a, int b) { return a == b ? 0 : a == 0 || b == 0 ? kFarthest : std::abs(a - b); }

}  // namespace

std::vector<Pair> pair_notes(std::span<const NamedNote> generated, std::span<const NamedNote> reference) {
  std::map<std::string, std::size_t> by_name;
  std::map<std::pair<std::string, int>, std::vector<std::size_t>> by_label;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    by_name.emplace(stem(reference[i]), i);
    if (const auto& label = reference[i].label) by_label[{label->family, label->pitch}].push_back(i);
  }
  std::vector<Pair> pairs;
  for (std::size_t i = 0; i < generated.size(); ++i) {
    if (const auto found = by_name.find(stem(generated[i])); found != by_name.end()) {
      pairs.push_back({i, found->second, true});
      continue;
    }
    const auto& label = generated[i].label;
    const auto alike = label ? by_label.find({label->family, label->pitch}) : by_label.end();
    if (alike == by_label.end()) continue;
    std::size_t nearest = alike->second.front();
    const auto distance = [&](std::size_t at) {
      return velocity_distance(label->velocity, reference[at].label->velocity);
    };
    for (const std::size_t candidate : alike->second)
      if (distance(candidate) < distance(nearest)) nearest = candidate;
    pairs.push_back({i, nearest, false});
  }
  return pairs;
}

}  // namespace ictus::evaluation
