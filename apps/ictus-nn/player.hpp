// What makes the sound of a token pyramid.
#pragma once

#include <functional>
#include <memory>

#include "apps/cli/decoding.hpp"
#include "apps/ictus-nn/network.hpp"

namespace ictus::network {

/// Throws ictus::Error when the options are not for this stream, or it was made with other weights. The
/// options and the input have to stay. The tokenizer is loaded when a stream needs it, and then kept.
std::unique_ptr<cli::StreamPlayer> play_mars(cli::StreamInput& input, const options::DecodeOptions& options,
                                             const std::function<Tokenizer()>& load, cli::TakeSound take);

}  // namespace ictus::network
