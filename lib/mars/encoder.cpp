#include <algorithm>
#include <cmath>
#include <vector>

#include "lib/dsp/peak.hpp"
#include "lib/mars/codec.hpp"
#include "lib/mars/loaded_tokenizer.hpp"
#include "lib/mars/search.hpp"
#include "lib/mars/token_tensors.hpp"
#include "models/mars/image.hpp"

namespace ictus::mars {

using formats::TokenClip;

namespace {

/// The level of the loudest place of magnitudes [1, bins, frames]: a sine has it whether its frequency is
/// that of a bin or lies between two.
double loudest_magnitude(const torch::Tensor& magnitude) {
  const torch::Tensor by_frame = magnitude[0].t().contiguous();  // [frames, bins]
  const std::int64_t bins = by_frame.size(1);
  const auto place = by_frame.argmax().item<std::int64_t>();
  const torch::Tensor frame = by_frame[place / bins].to(torch::kCPU);
  const float* at = frame.data_ptr<float>();
  const std::int64_t bin = place % bins;
  const double peak = at[bin];
  if (bin == 0 || bin + 1 == bins || !(peak > 0.0)) return peak;
  return peak * dsp::peak_height(at[bin - 1] / peak, 1.0, at[bin + 1] / peak);
}

}  // namespace

struct Encoder::State {
  std::shared_ptr<const LoadedTokenizer> loaded;
  EncoderSettings settings;
  Emit emit;
  models::Tokenizer& model = *loaded->model;
  models::ImageDistance distance{model.config, model.device};
  /// Samples from half a window before the centre of the next clip's first frame.
  std::vector<float> pending =
      std::vector<float>(static_cast<std::size_t>(model.config.window_samples / 2), 0.0F);

  void encode(std::int64_t columns);
};

/// Encodes the next `columns` of what is pending and takes them off.
void Encoder::State::encode(std::int64_t columns) {
  torch::NoGradGuard no_grad;
  const models::TokenizerConfig& c = model.config;
  const std::int64_t frames = columns * c.column_frames();
  const std::int64_t needed = (frames - 1) * c.hop_samples + c.window_samples;
  torch::Tensor samples = torch::zeros({1, needed});  // silence follows the end
  std::copy_n(pending.begin(), std::min<std::int64_t>(needed, static_cast<std::int64_t>(pending.size())),
              samples.data_ptr<float>());
  const torch::Tensor magnitude = models::magnitudes(samples.to(model.device), c);  // [1, bins, frames]

  TokenClip clip;
  clip.columns = static_cast<std::uint16_t>(columns);
  const double peak = loudest_magnitude(magnitude);
  if (peak > 0.0)
    clip.spectral_level_db = formats::quantised_level_db(static_cast<float>(20.0 * std::log10(peak)));
  if (clip.spectral_level_db) {
    const double level = std::pow(10.0, *clip.spectral_level_db / 20.0);
    const torch::Tensor image = models::image_of(magnitude / level, c);
    for (const torch::Tensor& tokens : search_tokens(model, distance, image, search_steps(settings.effort)))
      clip.scales.push_back(tokens_of(tokens));
  }
  emit(clip);
  const auto used = static_cast<std::size_t>(frames * c.hop_samples);
  pending.erase(pending.begin(),
                pending.begin() + static_cast<std::ptrdiff_t>(std::min(used, pending.size())));
}

Encoder::Encoder(std::shared_ptr<const LoadedTokenizer> tokenizer, const EncoderSettings& settings, Emit emit)
    : state_(new State{std::move(tokenizer), settings, std::move(emit)}) {}

Encoder::~Encoder() = default;

void Encoder::push(std::span<const float> samples) {
  State& s = *state_;
  const models::TokenizerConfig& c = s.model.config;
  s.pending.insert(s.pending.end(), samples.begin(), samples.end());
  // A clip is whole when the last window of its frames is.
  const auto needed = static_cast<std::size_t>((c.clip_frames - 1) * c.hop_samples + c.window_samples);
  while (s.pending.size() >= needed) s.encode(c.latent_columns());
}

void Encoder::finish() {
  State& s = *state_;
  const models::TokenizerConfig& c = s.model.config;
  const auto margin = static_cast<std::int64_t>(c.window_samples / 2);
  const std::int64_t column_samples = c.column_frames() * c.hop_samples;
  // What is left can be a little more than a clip.
  for (;;) {
    const std::int64_t left = static_cast<std::int64_t>(s.pending.size()) - margin;
    if (left <= 0) return;
    s.encode(std::min<std::int64_t>((left + column_samples - 1) / column_samples, c.latent_columns()));
  }
}

}  // namespace ictus::mars
