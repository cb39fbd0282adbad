// The models of events that a command uses.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "apps/cli/same_weights.hpp"
#include "apps/options/options.hpp"
#include "formats/event_stream.hpp"
#include "lib/events/model_file.hpp"

namespace ictus::network {

using EventModel = std::shared_ptr<const events::LoadedModel>;

/// Throws ictus::Error when the weights or the device are not there.
[[nodiscard]] EventModel load_event_model(const options::NetworkOptions& options);

/// The event models that streams ask for: the one that commands use, or, where that was not named by the
/// user, one of an earlier version that lies beside it under its own name, ID.safetensors. Loaded when the
/// first stream needs them. May be used by several threads.
class EventModels {
 public:
  explicit EventModels(options::NetworkOptions options) : options_(std::move(options)) {}
  /// The model that made a stream, or the usual one where that is not to be had.
  [[nodiscard]] EventModel made(const cli::Identity& stream);

 private:
  options::NetworkOptions options_;
  std::mutex mutex_;
  EventModel usual_;
  std::map<std::string, EventModel> earlier_;  ///< by id; null: not there
};

/// The model that made the stream `name`. Throws ictus::Error when it is not at hand.
[[nodiscard]] EventModel model_of(const std::string& name, const formats::EventStreamHeader& header,
                                  EventModels& models);

/// Says that --events asks for events that a stream with `count` of them does not have.
[[noreturn]] void refuse_choice(std::uint64_t count);

}  // namespace ictus::network
