// What earlier runs of the same work have done, and where this one writes down what it does.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "apps/cli/coding.hpp"
#include "apps/cli/streams.hpp"
#include "apps/options/options.hpp"
#include "lib/core/fd.hpp"

namespace ictus::cli {

/// May be used by several threads, and its manifest by several processes: each line is appended at once.
class RunRecord {
 public:
  /// Reads the manifest, if one is named and there, and opens it for more. Throws ictus::Error where that
  /// cannot be done, or it is no manifest.
  RunRecord(const options::ManyOptions& many, const Streams& streams);

  /// A job that is passed over since its output is there.
  struct Earlier {
    bool is_in_manifest = false;
    Coded coded;  ///< what the output holds or, where the manifest tells of it, its size and damage
  };
  /// Nothing where the job is to be done. Throws ictus::Error for an output that is there but not whole.
  [[nodiscard]] std::optional<Earlier> earlier(const Job& job) const;

  [[nodiscard]] bool has_manifest() const { return manifest_.is_open(); }
  /// Appends a line, which ends in a line break.
  void keep(const std::string& line);

 private:
  struct Entry {
    std::uint64_t stream_bytes = 0;
    std::optional<std::string> damage;
  };
  void read(std::string_view text);
  void take_line(std::string_view line, std::size_t number);
  [[nodiscard]] const Entry* entry_of(const Job& job, std::uint64_t bytes) const;

  const Streams& streams_;
  bool skip_done_;
  std::string name_;  ///< of the manifest, for messages
  UniqueFd manifest_;
  bool ends_in_a_line_ = true;
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, Entry> entries_;  ///< by input and output
};

}  // namespace ictus::cli
