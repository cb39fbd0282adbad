// Token pyramids made of sound, and sound of them.
#pragma once

#include "apps/cli/decoding.hpp"
#include "apps/cli/encoding.hpp"
#include "apps/options/options.hpp"

namespace ictus::networks {

/// Throws ictus::Error when the weights or the device are not there. The options have to stay.
[[nodiscard]] cli::Encoding pyramid_encoding(const options::EncodeOptions& options);

/// Begins to play token pyramids, and throws ictus::Error when the options are not for one, or it was made
/// with other weights. The options and the input have to stay. The tokenizer is loaded when a stream needs
/// it, and then kept.
[[nodiscard]] cli::Play pyramid_play(const options::DecodeOptions& options);

}  // namespace ictus::networks
