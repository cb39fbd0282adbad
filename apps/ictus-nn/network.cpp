#include "apps/ictus-nn/network.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "apps/cli/model_search.hpp"
#include "apps/cli/text.hpp"
#include "lib/core/error.hpp"

namespace ictus::network {
namespace {

namespace fs = std::filesystem;

constexpr const char* kIdLetters = "abcdefghijklmnopqrstuvwxyz0123456789-";

}  // namespace

EventModel load_event_model(const options::NetworkOptions& options) {
  return events::load_model(cli::find_model(cli::Model::events, options.model), options.device);
}

EventModel EventModels::made(const Identity& stream) {
  const std::lock_guard lock(mutex_);
  if (!usual_) usual_ = load_event_model(options_);
  if (options_.model || weights_hash(*usual_) == stream.hash) return usual_;
  const auto [found, is_new] = earlier_.try_emplace(stream.id);
  // An id comes from the stream: it may name a file here, and nothing anywhere else.
  const bool is_plain = !stream.id.empty() && stream.id.find_first_not_of(kIdLetters) == std::string::npos;
  if (is_new && is_plain) {
    const fs::path beside =
        fs::path(cli::find_model(cli::Model::events)).parent_path() / (stream.id + ".safetensors");
    std::error_code failure;
    if (fs::is_regular_file(beside, failure))
      found->second = events::load_model(beside.string(), options_.device);
  }
  const EventModel& earlier = found->second;
  return earlier && weights_hash(*earlier) == stream.hash ? earlier : usual_;
}

Tokenizer load_tokenizer(const options::NetworkOptions& options) {
  return mars::load_tokenizer(cli::find_model(cli::Model::tokenizer, options.model), options.device);
}

void refuse_choice(std::uint64_t count) {
  throw Error(fmt::format("has none of the events that --events asks for; it has {}, counted from 0",
                          cli::counted(count, "event")));
}

void require_same_weights(const std::string& name, const Identity& made_with, const Identity& at_hand) {
  if (made_with.hash == at_hand.hash) return;
  throw Error(
      fmt::format("{}: made with the weights {} ({}), but the model at hand is {} ({})", name, made_with.id,
                  formats::hexadecimal(made_with.hash), at_hand.id, formats::hexadecimal(at_hand.hash)),
      "give the weights it was made with: --model FILE");
}

}  // namespace ictus::network
