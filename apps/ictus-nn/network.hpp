// The model that a command uses, on the device that was asked for.
#pragma once

#include <memory>
#include <string>

#include "apps/options/options.hpp"
#include "formats/event_stream.hpp"
#include "lib/events/model_file.hpp"

namespace ictus::network {

using Model = std::shared_ptr<const events::LoadedModel>;

/// Throws ictus::Error when the weights or the device are not there.
[[nodiscard]] Model load(const options::NetworkOptions& options);

/// Throws ictus::Error when the stream `name` was made with other weights than these.
void require_same_weights(const std::string& name, const formats::EventStreamHeader& header,
                          const events::LoadedModel& model);

}  // namespace ictus::network
