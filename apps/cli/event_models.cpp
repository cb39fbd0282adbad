#include "apps/cli/event_models.hpp"

#include <fmt/format.h>

#include "apps/cli/model_search.hpp"
#include "apps/cli/same_weights.hpp"
#include "apps/cli/text.hpp"
#include "lib/core/error.hpp"
#include "lib/core/file_bytes.hpp"

namespace ictus::cli {

EventModel load_event_model(const std::optional<std::string>& named) {
  const std::string path = find_model(Model::events, named);
  return synthesis::event_model_from(file_bytes(path, synthesis::kModelRemedy), harmless(path));
}

EventModel EventModels::of(const std::string& name, const formats::EventStreamHeader& header) {
  const std::lock_guard lock(mutex_);
  if (!loaded_) loaded_ = load_event_model(named_);
  require_same_weights(name, Identity{header.model_id, header.weights_hash},
                       Identity{loaded_->id, loaded_->hash});
  return loaded_;
}

void refuse_choice(std::uint64_t count) {
  throw Error(fmt::format("has none of the events that --events asks for; it has {}, counted from 0",
                          counted(count, "event")));
}

}  // namespace ictus::cli
