// A small event model for tests: the real architecture with few channels, its weights from a seed.
#pragma once

#include <memory>
#include <string>

#include "lib/events/loaded_model.hpp"
#include "tests/unit/temporary_file.hpp"

namespace ictus::tests {

models::EventModelConfig small_config();

/// Weights as they are before training.
std::shared_ptr<events::LoadedModel> small_model(const torch::Device& device = torch::kCPU);

/// A model whose every event, whatever its vector, is a harmonic sound of `pitch_hz` that starts at
/// once and falls by 60 dB in `decay_s` seconds, in a dry room.
std::shared_ptr<events::LoadedModel> one_sound_model(double pitch_hz, double decay_s);

/// The bytes of a weights file that holds `model`.
std::string weights_bytes(const events::LoadedModel& model);

}  // namespace ictus::tests
