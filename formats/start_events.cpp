#include "formats/start_events.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string_view>
#include <vector>

#include "embedded/start_events_txt.hpp"

namespace ictus::formats {
namespace {

/// Takes the next integer off the front of a text.
int take_integer(std::string_view& text) {
  int value = 0;
  text.remove_prefix(std::min(text.find_first_not_of(" \n"), text.size()));
  const char* const end = std::from_chars(text.data(), text.data() + text.size(), value).ptr;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

std::vector<StartEvent> listed(std::string_view text) {
  std::vector<StartEvent> events(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')));
  for (StartEvent& event : events) {
    for (std::uint16_t& symbol : event.vector) symbol = static_cast<std::uint16_t>(take_integer(text));
    event.gain_centibels = take_integer(text);
  }
  return events;
}

}  // namespace

std::span<const StartEvent> start_events(const EventCoding& coding) {
  static const std::vector<StartEvent> kEvents = listed(kStartEventsTxt);
  if (coding.vector_steps != standard_steps()) return {};
  return kEvents;
}

}  // namespace ictus::formats
