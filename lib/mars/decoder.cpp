#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "lib/core/error.hpp"
#include "lib/core/exact_length.hpp"
#include "lib/dsp/phase.hpp"
#include "lib/mars/codec.hpp"
#include "lib/mars/loaded_tokenizer.hpp"
#include "lib/mars/token_tensors.hpp"
#include "models/mars/image.hpp"

namespace ictus::mars {

using formats::GridSize;
using formats::TokenClip;

namespace {

/// Frames on either side of a seam where clips that were trained on single notes tend to fade.
constexpr std::int64_t kSeamFrames = 16;

/// Fills the fade between the end of one clip and the beginning of the next, [frames, bins] both: what sounds
/// on either side of a seam sounds through it, as loud as on its softer side.
void mend_seam(torch::Tensor& end, torch::Tensor& beginning) {
  const torch::Tensor through = torch::minimum(end[0], beginning[beginning.size(0) - 1]);  // [bins]
  end = torch::maximum(end, through);
  beginning = torch::maximum(beginning, through);
}

}  // namespace

struct Decoder::State {
  std::shared_ptr<const LoadedTokenizer> loaded;
  DecoderSettings settings;
  ExactLength sound;
  models::Tokenizer& model = *loaded->model;
  dsp::PhaseStream phase{
      {.window_samples = model.config.window_samples, .hop_samples = model.config.hop_samples},
      [this](std::span<const float> samples) { sound.push(samples); }};
  torch::Tensor held = {};  // [frames, window / 2 + 1], the end of the clip before, until its seam is mended
  std::int64_t end_samples = 0;  // of the clips so far

  [[nodiscard]] std::vector<torch::Tensor> tokens_of(const TokenClip& clip) const;
  [[nodiscard]] torch::Tensor magnitudes_of(const TokenClip& clip) const;
};

std::vector<torch::Tensor> Decoder::State::tokens_of(const TokenClip& clip) const {
  std::vector<torch::Tensor> tokens;
  const std::size_t wanted =
      settings.scales ? static_cast<std::size_t>(*settings.scales) : loaded->shape.scales.size();
  for (std::size_t scale = 0; scale < std::min(wanted, clip.scales.size()); ++scale) {
    const std::vector<std::uint16_t>& given = clip.scales[scale];
    const GridSize grid = loaded->shape.grid(scale, clip.columns);
    if (given.size() != grid.tokens())
      throw Error(fmt::format("scale {} of a clip has {} tokens where the model's grid has {} x {}", scale,
                              given.size(), grid.rows, grid.columns));
    const torch::Tensor one = tensor_of(given, grid.rows, grid.columns);
    if (one.max().item<std::int64_t>() >= model.config.codebook_size)
      throw Error(fmt::format("scale {} of a clip holds the token {}, outside of the model's codebook of {}",
                              scale, one.max().item<std::int64_t>(), model.config.codebook_size));
    tokens.push_back(one.to(model.device));
  }
  return tokens;
}

/// [frames, window / 2 + 1]
torch::Tensor Decoder::State::magnitudes_of(const TokenClip& clip) const {
  const models::TokenizerConfig& c = model.config;
  const std::int64_t frames = clip.columns * c.column_frames();
  if (!clip.spectral_level_db) return torch::zeros({frames, c.bins() + 1});
  const double level = std::pow(10.0, *clip.spectral_level_db / 20.0);
  const torch::Tensor image = model.image_of_tokens(tokens_of(clip), clip.columns);
  const torch::Tensor found =
      models::magnitudes_of(image, c)[0].t().to(torch::kCPU) * level;  // [frames, bins]
  return torch::cat({found, torch::zeros({frames, 1})}, 1);
}

Decoder::Decoder(std::shared_ptr<const LoadedTokenizer> tokenizer, const DecoderSettings& settings, Emit emit)
    : state_(new State{std::move(tokenizer), settings, ExactLength(std::move(emit))}) {}

Decoder::~Decoder() = default;

void Decoder::push(const TokenClip& clip) {
  torch::NoGradGuard no_grad;
  State& s = *state_;
  if (clip.columns < 1 || clip.columns > s.loaded->shape.clip_columns)
    throw Error(fmt::format("a clip of {} columns, where the model's have 1 to {}", clip.columns,
                            s.loaded->shape.clip_columns));
  // Clips are joined here, as magnitudes: the phase is found across them as if there were no seam.
  torch::Tensor magnitude = s.magnitudes_of(clip);  // [frames, window / 2 + 1]
  const std::int64_t frames = magnitude.size(0);
  const std::int64_t seam = std::min(kSeamFrames + 1, frames);
  if (s.held.defined()) {
    torch::Tensor beginning = magnitude.narrow(0, 0, seam);
    mend_seam(s.held, beginning);
    magnitude = torch::cat({beginning, magnitude.narrow(0, seam, frames - seam)});
    s.phase.push(s.held);
  }
  s.phase.push(magnitude.narrow(0, 0, frames - seam));
  s.held = magnitude.narrow(0, frames - seam, seam);
  s.end_samples += std::int64_t{clip.columns} * s.loaded->shape.column_samples();
}

void Decoder::finish(std::optional<std::uint64_t> length_samples) {
  torch::NoGradGuard no_grad;
  State& s = *state_;
  const auto length =
      static_cast<std::int64_t>(length_samples.value_or(static_cast<std::uint64_t>(s.end_samples)));
  if (!s.sound.end_at(length) || !s.held.defined()) return;
  s.phase.push(s.held);
  // The last samples lie under windows of frames that no clip holds: the last frame goes on.
  const models::TokenizerConfig& c = s.model.config;
  s.phase.push(s.held.narrow(0, s.held.size(0) - 1, 1).repeat({c.window_samples / c.hop_samples, 1}));
  s.phase.finish();
}

}  // namespace ictus::mars
