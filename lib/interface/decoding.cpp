#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>

#include "ictus/events.hpp"
#include "lib/core/error.hpp"
#include "lib/core/file_bytes.hpp"
#include "lib/interface/states.hpp"
#include "lib/synthesis/decoder.hpp"

namespace ictus::events {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWeights = "models/events/events.safetensors";

/// From where the library lies, so that all of it can be moved; else where it was to be.
std::string installed_model() {
  std::string tried;
  const auto is_there = [&](const fs::path& path) {
    std::error_code failure;
    tried += (tried.empty() ? "" : ", ") + path.lexically_normal().string();
    return fs::exists(path, failure);
  };
  if (Dl_info library; ::dladdr(reinterpret_cast<const void*>(&kWeights), &library) != 0) {
    std::error_code failure;
    const fs::path here = fs::canonical(library.dli_fname, failure).parent_path();
    if (const fs::path path = here / ICTUS_DATA_FROM_LIBRARY / kWeights; is_there(path)) return path.string();
  }
  if (const fs::path path = fs::path(ICTUS_DATA_DIR) / kWeights; is_there(path)) return path.string();
  throw Error("the event model is missing",
              "install the package ictus, or name the model's file; these places were tried: " + tried);
}

std::string path_of_model(const std::string& named) {
  if (!named.empty()) return named;
  const char* const variable = std::getenv("ICTUS_MODEL");
  return variable != nullptr && *variable != '\0' ? variable : installed_model();
}

}  // namespace

Model::Model(const std::string& path) {
  const std::string found = path_of_model(path);
  state_ = std::make_shared<ModelState>(
      ModelState{synthesis::event_model_from(file_bytes(found, "name the file of an event model"), found)});
}

const std::string& Model::id() const { return state_->model->id; }
std::string Model::weights_hash() const { return formats::hexadecimal(state_->model->hash); }

Header Model::header(int channels) const {
  Header header(std::make_unique<HeaderState>(HeaderState{synthesis::header_for(*state_->model, false)}));
  header.set_channels(channels);
  header.set_original(header.sample_rate_hz(), channels);
  return header;
}

struct DecoderState {
  DecoderState(const Model& model, int of_channels)
      : channels(of_channels), decoder(model.state().model, of_channels, [this](std::span<const float> more) {
          samples.insert(samples.end(), more.begin(), more.end());
        }) {}

  int channels;
  std::vector<float> samples;  ///< those that the last call returned
  synthesis::Decoder decoder;
};

Decoder::Decoder(const Model& model, const Header& header) {
  if (header.weights_hash() != model.weights_hash()) {
    throw Error("the stream was made with the weights " + header.model_id() + " (" + header.weights_hash() +
                    "), and the model is " + model.id() + " (" + model.weights_hash() + ")",
                "load the model that it was made with");
  }
  state_ = std::make_unique<DecoderState>(model, header.channels());
}
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;
Decoder::~Decoder() = default;

int Decoder::channels() const { return state_->channels; }

std::span<const float> Decoder::push(const EventBlock& block) {
  state_->samples.clear();
  state_->decoder.push(block);
  return state_->samples;
}

std::span<const float> Decoder::finish(std::optional<std::uint64_t> length_samples) {
  state_->samples.clear();
  state_->decoder.finish(length_samples);
  return state_->samples;
}

}  // namespace ictus::events
