// Lines and the cells in them, as RFC 4180 has them and as spreadsheets write them.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ictus::compose {

/// Lines end with LF, CR or CR LF, in one text also with each. A record is a line, or more where a quoted
/// cell goes on in the next one.
class RecordReader {
 public:
  /// `text` must outlive the reader.
  explicit RecordReader(std::string_view text);

  [[nodiscard]] bool is_at_end() const { return rest_.empty(); }
  /// The number of the line that comes next, from 1.
  [[nodiscard]] std::size_t line_number() const { return line_number_; }
  /// That line without its end.
  [[nodiscard]] std::string_view line() const { return rest_.substr(0, line_size_); }
  void skip_line();
  /// The cells of the record that comes next, as they stand between the separators, which are runs of blanks
  /// where `separator` is one. Valid until the next call. Throws ictus::Error for quotation marks that are in
  /// a wrong place.
  [[nodiscard]] std::span<const std::string> read_record(char separator);

 private:
  std::string& add_cell();
  void find_line_end();
  void step_over_line_end();
  void split_line(char separator);
  void read_quoted_cell();
  void split_quoted(char separator);

  std::string_view rest_;
  std::size_t line_size_ = 0;
  std::size_t line_number_ = 1;
  std::vector<std::string> cells_;
  std::size_t cell_count_ = 0;
};

}  // namespace ictus::compose
