// The models that a command uses, on the device that was asked for.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "apps/options/options.hpp"
#include "formats/blocks.hpp"
#include "lib/events/model_file.hpp"
#include "lib/mars/model_file.hpp"

namespace ictus::network {

using EventModel = std::shared_ptr<const events::LoadedModel>;
using Tokenizer = std::shared_ptr<const mars::LoadedTokenizer>;

/// Both throw ictus::Error when the weights or the device are not there.
[[nodiscard]] EventModel load_event_model(const options::NetworkOptions& options);
[[nodiscard]] Tokenizer load_tokenizer(const options::NetworkOptions& options);

/// What tells weights from others.
struct Identity {
  const std::string& id;
  const formats::WeightsHash& hash;
};

/// The event models that streams ask for: the one that commands use, or, where that was not named by the
/// user, one of an earlier version that lies beside it under its own name, ID.safetensors. Loaded when the
/// first stream needs them. May be used by several threads.
class EventModels {
 public:
  explicit EventModels(options::NetworkOptions options) : options_(std::move(options)) {}
  /// The model that made a stream, or the usual one where that is not to be had.
  [[nodiscard]] EventModel made(const Identity& stream);

 private:
  options::NetworkOptions options_;
  std::mutex mutex_;
  EventModel usual_;
  std::map<std::string, EventModel> earlier_;  ///< by id; null: not there
};

/// Says that --events asks for events that a stream with `count` of them does not have.
[[noreturn]] void refuse_choice(std::uint64_t count);

/// Throws ictus::Error when the stream `name` was made with other weights than those at hand.
void require_same_weights(const std::string& name, const Identity& made_with, const Identity& at_hand);

/// The same for the header of a stream and a loaded model, of either codec.
template <typename Header, typename Loaded>
void require_same_weights(const std::string& name, const Header& header, const Loaded& model) {
  require_same_weights(name, Identity{header.model_id, header.weights_hash},
                       Identity{model_id(model), weights_hash(model)});
}

}  // namespace ictus::network
