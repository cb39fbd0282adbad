// The sound of an event stream.
#pragma once

#include <memory>

#include "apps/cli/decoding.hpp"
#include "apps/cli/event_models.hpp"

namespace ictus::cli {

/// Throws ictus::Error when the options are not for this stream, or it was made with another model. The
/// options and the input have to stay.
std::unique_ptr<StreamPlayer> play_events(StreamInput& input, const options::DecodeOptions& options,
                                          EventModels& models, TakeSound take);

}  // namespace ictus::cli
