// A small tokenizer and generator for tests: the real architecture with few channels, weights from a seed.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "lib/core/error.hpp"
#include "lib/mars/loaded_generator.hpp"
#include "lib/mars/loaded_tokenizer.hpp"

namespace ictus::tests {

models::TokenizerConfig small_config();

/// Weights as they are before training, but for layers that start as zeros: they are given values too.
std::shared_ptr<mars::LoadedTokenizer> small_tokenizer();

/// A generator for the small tokenizer, of the families flute, organ and synth_lead and the pitches 57 to 69.
models::GeneratorConfig small_generator_config(const std::string& order);

/// Of one note.
models::Labels labels_of(const models::GeneratorConfig& config, std::int64_t family, std::int64_t instrument,
                         std::int64_t pitch, std::int64_t velocity);

/// Weights from a seed, large enough that label, place and coarser tokens all decide which token is likely.
std::shared_ptr<mars::LoadedGenerator> small_generator(const std::string& order);

/// A configuration that was changed so is refused, with an error that speaks of `about`.
template <typename Config, typename Change>
void check_refused(Config config, const Change& change, const char* about) {
  change(config);
  try {
    models::check(config);
    FAIL_CHECK("accepted: ", about);
  } catch (const Error& error) {
    INFO(error.what());
    CHECK(std::string(error.what()).find(about) != std::string::npos);
  }
}

/// The bytes of a weights file that holds the model.
std::string weights_bytes(const mars::LoadedTokenizer& tokenizer);
std::string weights_bytes(const mars::LoadedGenerator& generator);

}  // namespace ictus::tests
