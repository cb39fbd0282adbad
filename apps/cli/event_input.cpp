#include "apps/cli/event_input.hpp"

#include <fmt/format.h>

#include <utility>

#include "apps/cli/text.hpp"

namespace ictus::cli {

EventInput::EventInput(const std::string& path, const char* command, const Streams& streams,
                       StreamInput::Tap tap)
    : input_(path, streams, std::move(tap)) {
  input_.require(options::Codec::events, command);
}

const formats::EventStreamReader& EventInput::reader() const {
  return std::get<formats::EventStreamReader>(input_.reader());
}

std::optional<EventBlock> EventInput::next() {
  if (damage_) return std::nullopt;
  try {
    auto block = std::get<formats::EventStreamReader>(input_.reader()).next();
    if (block) end_samples_ = block->end_samples;
    return block;
  } catch (const DamagedInput& damage) {
    damage_.emplace(sentence(damage, name()), damage.hint());
    return std::nullopt;
  } catch (const Error& error) {
    throw Error(sentence(error, name()), error.hint());
  }
}

std::uint64_t EventInput::length_samples() const {
  const auto& totals = reader().totals();
  return totals ? totals->length_samples : static_cast<std::uint64_t>(end_samples_);
}

std::optional<std::uint64_t> EventInput::original_length_samples() const {
  const auto& totals = reader().totals();
  return totals ? std::optional(totals->original_length_samples) : std::nullopt;
}

std::vector<Event> read_all(EventInput& input) {
  std::vector<Event> events;
  while (const auto block = input.next()) {
    events.insert(events.end(), block->events.begin(), block->events.end());
  }
  return events;
}

void require_same_model(const std::string& name, const formats::EventStreamHeader& header,
                        const std::string& other_name, const formats::EventStreamHeader& other) {
  if (header.weights_hash != other.weights_hash) {
    throw Error(
        fmt::format("{} has events of the model {} ({}), and {} of {} ({})", name, harmless(header.model_id),
                    formats::hexadecimal(header.weights_hash), other_name, harmless(other.model_id),
                    formats::hexadecimal(other.weights_hash)),
        "events of different models cannot stand in one stream; encode the recordings again with one model");
  }
  if (header.sample_rate_hz != other.sample_rate_hz) {
    throw Error(fmt::format("{} is at {} Hz, and {} at {} Hz, though their model is the same", name,
                            header.sample_rate_hz, other_name, other.sample_rate_hz),
                "one of them says a wrong sample_rate_hz; set it right in its list");
  }
}

}  // namespace ictus::cli
