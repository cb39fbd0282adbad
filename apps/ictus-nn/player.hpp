// What makes the sound of a stream, for each codec.
#pragma once

#include <functional>
#include <memory>

#include "apps/cli/decoding.hpp"
#include "apps/ictus-nn/event_models.hpp"
#include "apps/ictus-nn/network.hpp"

namespace ictus::network {

/// Both throw ictus::Error when the options are not for this stream, or it was made with other weights. The
/// options and the input have to stay. Models are loaded when a stream needs them, and then kept.
std::unique_ptr<cli::StreamPlayer> play_events(cli::StreamInput& input, const options::DecodeOptions& options,
                                               EventModels& models, cli::TakeSound take);
std::unique_ptr<cli::StreamPlayer> play_mars(cli::StreamInput& input, const options::DecodeOptions& options,
                                             const std::function<Tokenizer()>& load, cli::TakeSound take);

}  // namespace ictus::network
