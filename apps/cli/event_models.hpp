// The model of events that a command uses.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "formats/event_stream.hpp"
#include "lib/synthesis/event_model.hpp"

namespace ictus::cli {

using EventModel = std::shared_ptr<const synthesis::EventModel>;

/// The model that was named with --model, or the usual one. Throws ictus::Error when it is not there.
[[nodiscard]] EventModel load_event_model(const std::optional<std::string>& named);

/// The same, loaded when the first stream needs it. May be used by several threads.
class EventModels {
 public:
  explicit EventModels(std::optional<std::string> named) : named_(std::move(named)) {}
  /// The model that made the stream `name`. Throws ictus::Error when it is not at hand.
  [[nodiscard]] EventModel of(const std::string& name, const formats::EventStreamHeader& header);

 private:
  std::optional<std::string> named_;
  std::mutex mutex_;
  EventModel loaded_;
};

/// Says that --events asks for events that a stream with `count` of them does not have.
[[noreturn]] void refuse_choice(std::uint64_t count);

}  // namespace ictus::cli
