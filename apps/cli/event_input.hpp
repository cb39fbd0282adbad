// An event stream from a file or from standard input.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "apps/cli/descriptor.hpp"
#include "apps/cli/streams.hpp"
#include "formats/event_stream.hpp"

namespace ictus::cli {

class EventInput {
 public:
  /// `path` is "-" for standard input. Reads the header. Throws ictus::Error.
  EventInput(const std::string& path, const Streams& streams);

  formats::EventStreamReader& reader() { return *reader_; }
  [[nodiscard]] const formats::EventStreamHeader& header() const { return reader_->header(); }
  [[nodiscard]] const std::string& name() const { return name_; }
  /// How much of the file has been read, 0 to 1; nothing for a pipe.
  [[nodiscard]] std::optional<double> part_read() const;

 private:
  std::size_t read(std::span<std::byte> into);

  std::string name_;
  UniqueFd file_;  ///< not for standard input
  int fd_;
  // The reader asks for single bytes at times; what has arrived is kept here.
  std::vector<std::byte> buffer_;
  std::size_t used_ = 0;
  std::size_t filled_ = 0;
  std::unique_ptr<formats::EventStreamReader> reader_;
};

}  // namespace ictus::cli
