#include "apps/ictus-nn/event_models.hpp"

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

EventModel EventModels::made(const cli::Identity& stream) {
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

EventModel model_of(const std::string& name, const formats::EventStreamHeader& header, EventModels& models) {
  const EventModel model = models.made({header.model_id, header.weights_hash});
  cli::require_same_weights(name, header, *model);
  return model;
}

void refuse_choice(std::uint64_t count) {
  throw Error(fmt::format("has none of the events that --events asks for; it has {}, counted from 0",
                          cli::counted(count, "event")));
}

}  // namespace ictus::network
