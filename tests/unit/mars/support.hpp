// A small tokenizer for tests: the real architecture with few channels, its weights from a seed.
#pragma once

#include <memory>
#include <string>

#include "lib/mars/loaded_tokenizer.hpp"

namespace ictus::tests {

models::TokenizerConfig small_config();

/// Weights as they are before training, but for layers that start as zeros: they are given values too.
std::shared_ptr<mars::LoadedTokenizer> small_tokenizer();

/// The bytes of a weights file that holds `tokenizer`.
std::string weights_bytes(const mars::LoadedTokenizer& tokenizer);

}  // namespace ictus::tests
