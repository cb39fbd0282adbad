// An event stream that is made of others.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "apps/cli/output_file.hpp"
#include "apps/cli/reporter.hpp"
#include "formats/event_stream.hpp"

namespace ictus::cli {

/// Is there in whole or not at all, as an OutputFile is.
class EventOutput {
 public:
  EventOutput(const std::string& path, bool replace, const formats::EventStreamHeader& header,
              const Streams& streams);

  void write(const EventBlock& block);
  /// Writes the end and gives the file its name. The original's length follows from the rates unless it is
  /// known.
  void finish(std::uint64_t length_samples, std::optional<std::uint64_t> original_length_samples = {});

  [[nodiscard]] std::uint64_t events() const { return events_; }
  /// How many gains, which a file holds from -100 to 27.5 dB unless it is lossless, were limited to that.
  [[nodiscard]] std::uint64_t limited_gains() const { return limited_gains_; }

 private:
  OutputFile file_;
  formats::EventStreamHeader header_;
  formats::EventStreamWriter writer_;
  std::uint64_t events_ = 0;
  std::uint64_t limited_gains_ = 0;
};

void warn_of_limits(Reporter& reporter, const EventOutput& made);

/// What stands on the line that a command says when it has made an event stream.
[[nodiscard]] std::string made_line(const std::string& from, const std::string& output,
                                    const EventOutput& made, std::uint64_t length_samples,
                                    std::uint32_t sample_rate_hz);

}  // namespace ictus::cli
