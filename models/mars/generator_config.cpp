#include "models/mars/generator_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "models/require.hpp"

namespace ictus::models {
namespace {

constexpr std::int64_t kMostTokens = 1 << 13;

/// What becomes part of the names of files must not lead out of their folder.
void require_file_name(const char* what, const std::string& name) {
  const bool plain = std::all_of(name.begin(), name.end(),
                                 [](unsigned char c) { return c >= 0x20 && c != 0x7F && c != '/'; });
  require(!name.empty() && name.size() <= 64 && name[0] != '.' && plain,
          fmt::format("{} must have 1 to 64 bytes, no '/', no control character and no '.' in front", what));
}

}  // namespace

std::optional<std::int64_t> GeneratorConfig::number_of_family(const std::string& name) const {
  const auto found = std::find(families.begin(), families.end(), name);
  if (found == families.end()) return std::nullopt;
  return found - families.begin();
}

std::optional<std::int64_t> GeneratorConfig::number_of_instrument(const std::string& name) const {
  const auto found = instruments.find(name);
  if (found == instruments.end()) return std::nullopt;
  return std::distance(instruments.begin(), found);
}

std::int64_t GeneratorConfig::tokens() const { return first_token(scales.size()); }

std::int64_t GeneratorConfig::first_token(std::size_t scale) const {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < scale; ++i) sum += tokens_of(i);
  return sum;
}

void check(const GeneratorConfig& c) {
  require(c.order == "scales" || c.order == "tokens",
          fmt::format("order is '{}', and must be scales or tokens", c.order));
  require_within("width", c.width, 8, 8192);
  require_within("depth", c.depth, 1, 128);
  require_within("heads", c.heads, 1, c.width);
  require_divides("heads", c.heads, "width", c.width);
  require_within("hidden", c.hidden, 1, 1 << 15);
  require(!c.families.empty() && c.families.size() <= 1000, "families must name 1 to 1000 families");
  require(std::set<std::string>(c.families.begin(), c.families.end()).size() == c.families.size(),
          "families must name each family once");
  for (const std::string& family : c.families) require_file_name("the name of a family", family);  // of notes
  require(c.instruments.size() <= 10000, "instruments must name at most 10000 instruments");
  for (const auto& [instrument, family] : c.instruments) {
    require_file_name("the name of an instrument", instrument);
    require(instrument.find('_') == std::string::npos,  // which parts the words of a file's name
            fmt::format("the instrument '{}' must have no '_' in its name", instrument));
    require(c.number_of_family(family).has_value(),
            fmt::format("the instrument '{}' must be of one of the families, and not of '{}'", instrument,
                        family));
  }
  require_file_name("id", c.id);
  require_within("lowest_pitch", c.lowest_pitch, 0, 127);
  require_within("highest_pitch", c.highest_pitch, c.lowest_pitch, 127);
  require_within("sample_rate_hz", c.sample_rate_hz, 8000, 192000);
  require_within("code_size", c.code_size, 1, 1024);
  require_within("codebook_size", c.codebook_size, 2, 1 << 16);
  require(!c.scales.empty() && c.scales.size() <= 32, "scales must name 1 to 32 grids");
  for (const auto& [rows, columns] : c.scales) {
    require_within("the rows of a scale", rows, 1, 1 << 12);
    require_within("the columns of a scale", columns, 1, 1 << 12);
  }
  // Attention holds the square of it.
  require(c.tokens() <= kMostTokens,
          fmt::format("the scales have {} tokens in all, and must have at most {}", c.tokens(), kMostTokens));
}

}  // namespace ictus::models
