// Clips of tokens as lines of text.
#pragma once

#include <cstdint>
#include <string>

#include "apps/cli/text_output.hpp"
#include "apps/options/options.hpp"
#include "formats/token_pyramid.hpp"

namespace ictus::cli {

/// In tables a line is one row of a grid, in JSON one scale of a clip; a silent clip is one line without
/// tokens.
class TokenTable {
 public:
  /// `header` must outlive the table.
  TokenTable(TextOutput& out, options::TableFormat format, const formats::TokenPyramidHeader& header);
  void print_header();
  /// The next clip; it may lack its finest scales.
  void print(const formats::TokenClip& clip);

 private:
  void print_rows(const formats::TokenClip& clip);
  void print_json(const formats::TokenClip& clip);
  [[nodiscard]] double time_s() const;
  /// The level of a clip in dB re full scale, or what stands in its place when it is silent.
  [[nodiscard]] std::string level_or(const formats::TokenClip& clip, const char* silence) const;

  TextOutput& out_;
  options::TableFormat format_;
  const formats::TokenPyramidHeader& header_;
  const formats::PyramidShape& shape_;
  double sample_rate_hz_;
  std::size_t most_columns_ = 0;  ///< of any grid: every line of a table has as many cells
  std::uint64_t clip_ = 0;
  std::uint64_t begin_samples_ = 0;  ///< of the next clip
};

}  // namespace ictus::cli
