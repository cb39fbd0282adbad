// A stream of either codec from a file or from standard input; its first bytes say which it is.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "apps/cli/descriptor.hpp"
#include "apps/cli/streams.hpp"
#include "apps/options/options.hpp"
#include "formats/event_stream.hpp"
#include "formats/token_pyramid.hpp"

namespace ictus::cli {

class StreamInput {
 public:
  using Reader = std::variant<formats::EventStreamReader, formats::TokenPyramidReader>;

  /// Takes bytes as they are read.
  using Tap = std::function<void(std::span<const std::byte>)>;

  /// `path` is "-" for standard input. Reads the header. `tap`, if there is one, gets every byte of the
  /// stream. Throws ictus::Error.
  StreamInput(const std::string& path, const Streams& streams, Tap tap = {});
  StreamInput(const StreamInput&) = delete;
  StreamInput& operator=(const StreamInput&) = delete;

  Reader& reader() { return *reader_; }
  [[nodiscard]] const Reader& reader() const { return *reader_; }
  [[nodiscard]] options::Codec codec() const;
  /// Throws ictus::Error when this is no stream of that codec, the only one that `option` is for.
  void require(options::Codec codec, const char* option) const;
  [[nodiscard]] const std::string& name() const { return name_; }
  /// How much of the file has been read, 0 to 1; nothing for a pipe.
  [[nodiscard]] std::optional<double> part_read() const;

 private:
  void open_reader();
  /// The next bytes, without taking them; fewer than asked only at the end of the data.
  std::span<const std::byte> peek(std::size_t count);
  std::size_t read(std::span<std::byte> into);

  std::string name_;
  Tap tap_;
  UniqueFd file_;  ///< not for standard input
  int fd_;
  // The readers ask for single bytes at times; what has arrived is kept here.
  std::vector<std::byte> buffer_;
  std::size_t used_ = 0;
  std::size_t filled_ = 0;
  std::optional<Reader> reader_;
};

}  // namespace ictus::cli
