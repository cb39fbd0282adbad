// Event streams that are read to make others of them, or to be looked at as a whole.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/cli/stream_input.hpp"
#include "lib/core/error.hpp"

namespace ictus::cli {

/// An event stream that is read block by block up to its end or to where it is damaged.
class EventInput {
 public:
  /// Throws ictus::Error when there is no such stream, or it is of another codec; `command` is for the
  /// message.
  EventInput(const std::string& path, const char* command, const Streams& streams, StreamInput::Tap tap = {});

  [[nodiscard]] const std::string& name() const { return input_.name(); }
  [[nodiscard]] const formats::EventStreamHeader& header() const { return reader().header(); }
  /// The next block, or nothing at the end or at damage.
  [[nodiscard]] std::optional<EventBlock> next();
  /// After the last block: the length, which for a damaged stream is where the last sound block ends.
  [[nodiscard]] std::uint64_t length_samples() const;
  /// The same of the recording that was encoded; not known of a damaged stream.
  [[nodiscard]] std::optional<std::uint64_t> original_length_samples() const;
  /// What is wrong, when next() has met damage.
  [[nodiscard]] const std::optional<DamagedInput>& damage() const { return damage_; }

 private:
  [[nodiscard]] const formats::EventStreamReader& reader() const;

  StreamInput input_;
  std::int64_t end_samples_ = 0;
  std::optional<DamagedInput> damage_;
};

/// All events of a stream, with what is known of it at the end.
[[nodiscard]] std::vector<Event> read_all(EventInput& input);

/// Throws ictus::Error, with both names, when two streams have events of different models.
void require_same_model(const std::string& name, const formats::EventStreamHeader& header,
                        const std::string& other_name, const formats::EventStreamHeader& other);

}  // namespace ictus::cli
