#include "apps/cli/token_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <span>

namespace ictus::cli {

TokenTable::TokenTable(TextOutput& out, options::TableFormat format,
                       const formats::TokenPyramidHeader& header)
    : out_(out),
      format_(format),
      header_(header),
      shape_(header.shape),
      sample_rate_hz_(static_cast<double>(header.sample_rate_hz)) {
  for (const formats::GridSize& grid : shape_.scales) {
    most_columns_ = std::max<std::size_t>(most_columns_, grid.columns);
  }
}

void TokenTable::print_header() {
  if (format_ == options::TableFormat::json) return;
  const char separator = format_ == options::TableFormat::tsv ? '\t' : ',';
  std::string line = fmt::format("clip{0}time_s{0}level_db{0}scale{0}row", separator);
  for (std::size_t i = 0; i < most_columns_; ++i) line += fmt::format("{}t{}", separator, i);
  out_.print(line + "\n");
}

void TokenTable::print(const formats::TokenClip& clip) {
  if (format_ == options::TableFormat::json) {
    print_json(clip);
  } else {
    print_rows(clip);
  }
  ++clip_;
  begin_samples_ += std::uint64_t{clip.columns} * shape_.column_samples();
}

void TokenTable::print_rows(const formats::TokenClip& clip) {
  const char separator = format_ == options::TableFormat::tsv ? '\t' : ',';
  const std::string beginning =
      fmt::format("{1}{0}{2:.6f}{0}{3}", separator, clip_, time_s(), level_or(clip, ""));
  const auto print_line = [&](const std::string& place, std::span<const std::uint16_t> tokens) {
    fmt::memory_buffer line;
    fmt::format_to(std::back_inserter(line), "{}{}{}", beginning, separator, place);
    for (std::size_t i = 0; i < most_columns_; ++i) {
      line.push_back(separator);
      if (i < tokens.size()) fmt::format_to(std::back_inserter(line), "{}", tokens[i]);
    }
    line.push_back('\n');
    out_.print({line.data(), line.size()});
  };
  if (clip.scales.empty()) print_line(std::string(1, separator), {});
  for (std::size_t scale = 0; scale < clip.scales.size(); ++scale) {
    const formats::GridSize grid = shape_.grid(scale, clip.columns);
    for (std::size_t row = 0; row < grid.rows; ++row) {
      print_line(fmt::format("{}{}{}", scale, separator, row),
                 std::span(clip.scales[scale]).subspan(row * grid.columns, grid.columns));
    }
  }
}

void TokenTable::print_json(const formats::TokenClip& clip) {
  const auto print_object = [&](const std::string& scale, formats::GridSize grid,
                                std::span<const std::uint16_t> tokens) {
    fmt::memory_buffer line;
    fmt::format_to(std::back_inserter(line),
                   "{{\"clip\":{},\"time_s\":{:.6f},\"scale\":{},\"rows\":{},\"columns\":{},\"level_db\":{},"
                   "\"tokens\":[",
                   clip_, time_s(), scale, grid.rows, grid.columns, level_or(clip, "null"));
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      fmt::format_to(std::back_inserter(line), "{}{}", i > 0 ? "," : "", tokens[i]);
    }
    fmt::format_to(std::back_inserter(line), "]}}\n");
    out_.print({line.data(), line.size()});
  };
  if (clip.scales.empty()) print_object("null", {.rows = 0, .columns = 0}, {});
  for (std::size_t scale = 0; scale < clip.scales.size(); ++scale) {
    print_object(fmt::format("{}", scale), shape_.grid(scale, clip.columns), clip.scales[scale]);
  }
}

std::string TokenTable::level_or(const formats::TokenClip& clip, const char* silence) const {
  if (!clip.spectral_level_db) return silence;
  return fmt::format("{:.1f}", formats::full_scale_db(*clip.spectral_level_db, header_));
}

double TokenTable::time_s() const { return static_cast<double>(begin_samples_) / sample_rate_hz_; }

}  // namespace ictus::cli
