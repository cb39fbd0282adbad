// What a list of events is as a stream: its header, its events on samples, its length.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/event_stream.hpp"
#include "lib/compose/event_list.hpp"

namespace ictus::compose {

/// Where a list gets what it does not say itself.
struct ListSources {
  /// The event that a line borrows. Throws ictus::Error that names the line where there is none.
  std::function<const Event&(const BorrowedEvent& borrowed, std::size_t line)> lend;
  /// The header of a list that does not say which model it is for; asked for after all that is lent.
  std::function<formats::EventStreamHeader()> usual_header;
};

struct ListedStream {
  formats::EventStreamHeader header;  ///< its coding keeps all numbers as they are
  std::vector<Event> events;          ///< in order of onset, all of them before the end
  std::uint64_t length_samples = 0;
  std::optional<std::uint64_t> original_length_samples;
  bool names_model = false;
  /// What a person should know: sentences without the list's name, which may hold text of the list.
  std::vector<std::string> remarks;
};

/// Reads a list, as parse_event_list() does. `length_s` is how long the sound is; without it what the list
/// says, else until some seconds after the last onset. Throws ictus::Error that names the line where there is
/// one.
[[nodiscard]] ListedStream stream_of_list(std::string_view text, const ListSources& sources,
                                          const std::optional<double>& length_s = {});

}  // namespace ictus::compose
