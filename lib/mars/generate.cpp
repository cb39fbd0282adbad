#include "lib/mars/generate.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "lib/core/error.hpp"
#include "lib/mars/codec.hpp"
#include "lib/mars/generator_file.hpp"
#include "lib/mars/loaded_generator.hpp"
#include "lib/mars/loaded_tokenizer.hpp"
#include "lib/mars/token_tensors.hpp"

namespace ictus::mars {

using formats::TokenClip;

namespace {

/// The notes of training have levels by chance, so loudness is made from the velocity: this is the peak of
/// the sound, in dB re full scale, at the highest velocity, and it falls by even steps to so much less.
constexpr double kLoudestPeakDb = -3.0;
constexpr double kVelocityRangeDb = 24.0;
constexpr int kUsualVelocity = 100;
constexpr int kHighestVelocity = 127;

/// Clips that a graphics processor writes together.
constexpr std::size_t kTogether = 32;

/// Throws ictus::Error where the generator cannot write what is wished for.
void require_known(const models::GeneratorConfig& c, const Wish& wish) {
  if (wish.family && !c.number_of_family(*wish.family))
    throw Error(fmt::format("'{}' is no family that the generator knows", *wish.family),
                fmt::format("its families are {}", fmt::join(c.families, ", ")));
  if (wish.instrument && !c.number_of_instrument(*wish.instrument))
    throw Error(fmt::format("'{}' is no instrument that the generator knows", *wish.instrument),
                "'ictus info --model' lists its instruments");
  if (wish.pitch && (*wish.pitch < c.lowest_pitch || *wish.pitch > c.highest_pitch))
    throw Error(fmt::format("the pitch {} is outside of what the generator was trained on", *wish.pitch),
                fmt::format("it can write {} to {}", c.lowest_pitch, c.highest_pitch));
}

/// With the label, then, with guidance, without.
models::Labels labels_of(const models::GeneratorConfig& c, std::span<const Wish> wishes, bool guided,
                         const torch::Device& device) {
  const auto count = static_cast<std::int64_t>(wishes.size());
  models::Labels labels(c, guided ? 2 * count : count);
  for (std::int64_t i = 0; i < count; ++i) {
    const Wish& wish = wishes[static_cast<std::size_t>(i)];
    require_known(c, wish);
    if (wish.family) labels.family[i] = *c.number_of_family(*wish.family);
    if (wish.instrument) labels.instrument[i] = *c.number_of_instrument(*wish.instrument);
    if (wish.pitch) labels.pitch[i] = *wish.pitch - c.lowest_pitch;
    if (wish.velocity) labels.velocity[i] = *wish.velocity;
  }
  return labels.to(device);
}

/// Throws ictus::Error where the tokens that are given are not those of a whole clip.
void require_kept(const models::GeneratorConfig& c, const Wish& wish) {
  if (wish.kept.size() > c.scales.size())
    throw Error(fmt::format("{} scales are to be kept, and the generator writes {}", wish.kept.size(),
                            c.scales.size()));
  for (std::size_t scale = 0; scale < wish.kept.size(); ++scale) {
    const std::vector<std::uint16_t>& tokens = wish.kept[scale];
    if (static_cast<std::int64_t>(tokens.size()) != c.tokens_of(scale))
      throw Error(fmt::format("scale {} is to be kept with {} tokens where the model's grid has {}", scale,
                              tokens.size(), c.tokens_of(scale)));
    for (const std::uint16_t token : tokens)
      if (token >= c.codebook_size)
        throw Error(
            fmt::format("scale {} is to be kept with the token {}, outside of the model's codebook of {}",
                        scale, token, c.codebook_size));
  }
}

/// What the generator says of the next tokens, as much guided by labels as is asked for. It remembers those
/// before.
class GuidedGenerator {
 public:
  GuidedGenerator(const LoadedGenerator& generator, std::span<const Wish> wishes, double guidance)
      : model_(*generator.model),
        count_(static_cast<std::int64_t>(wishes.size())),
        guidance_(guidance),
        condition_(model_.condition(labels_of(generator.config, wishes, is_guided(), generator.device))) {}

  /// Logits [clips, n, V] of the n tokens from `first` on.
  torch::Tensor logits(std::int64_t first, std::int64_t n, const torch::Tensor& sums,
                       const torch::Tensor& before) {
    const torch::Tensor logits = model_.next(condition_, first, n, sums.defined() ? both(sums) : sums,
                                             before.defined() ? both(before) : before, memory_);
    if (!is_guided()) return logits;
    const torch::Tensor without = logits.narrow(0, count_, count_);
    return without + guidance_ * (logits.narrow(0, 0, count_) - without);
  }

 private:
  [[nodiscard]] bool is_guided() const { return guidance_ != 1.0; }
  /// For the rows with and without label alike.
  [[nodiscard]] torch::Tensor both(const torch::Tensor& x) const {
    return is_guided() ? torch::cat({x, x}) : x;
  }

  models::GeneratorImpl& model_;
  std::int64_t count_;
  double guidance_;
  models::Condition condition_;
  models::Memory memory_;
};

/// Takes the tokens that are given, and others by the chance of each clip.
class TokenChoice {
 public:
  TokenChoice(const models::GeneratorConfig& config, std::span<const Wish> wishes,
              const SamplingSettings& settings, const formats::TokenPrior* prior, const torch::Device& device)
      : config_(config), wishes_(wishes), settings_(settings), device_(device), written_(wishes.size()) {
    // Token after token is coherent by itself.
    if (settings.coherence > 0.0 && config.order == "scales") prior_ = prior;
    for (const Wish& wish : wishes) {
      require_kept(config, wish);
      randoms_.emplace_back(wish.seed);
    }
  }

  /// Tokens [clips, n] of a scale, from its token `first` on, with logits [clips, n, V] for those not given.
  torch::Tensor tokens(std::size_t scale, std::int64_t first, const torch::Tensor& logits) {
    std::vector<torch::Tensor> rows;
    for (std::size_t i = 0; i < wishes_.size(); ++i) {
      const std::vector<std::vector<std::uint16_t>>& kept = wishes_[i].kept;
      const torch::Tensor own = logits[static_cast<std::int64_t>(i)];  // [n, V]
      if (scale < kept.size()) {
        rows.push_back(
            tensor_of(kept[scale], 1, config_.tokens_of(scale))[0][0].narrow(0, first, logits.size(1)));
      } else {
        rows.push_back(prior_ != nullptr ? coherent(own, i) : sample(own, settings_, randoms_[i]));
      }
      if (prior_ != nullptr && scale < kept.size()) written_[i].push_back(kept[scale]);
    }
    return torch::stack(rows).to(device_);
  }

 private:
  /// Tokens [n] of the next whole scale of clip `i`, one after the other, each as those before let it be
  /// expected.
  torch::Tensor coherent(const torch::Tensor& logits, std::size_t i) {
    const torch::Tensor plain = logits.to(torch::kCPU, torch::kFloat).contiguous();
    const auto codebook = static_cast<std::size_t>(plain.size(1));
    std::vector<std::uint16_t>& own = written_[i].emplace_back(static_cast<std::size_t>(plain.size(0)));
    torch::Tensor tokens = torch::empty({plain.size(0)}, torch::kLong);
    std::vector<std::uint32_t> frequencies;
    std::vector<float> both(codebook);
    for (std::size_t place = 0; place < own.size(); ++place) {
      prior_->expect(
          formats::token_context(prior_->shape(), prior_->shape().clip_columns, written_[i], place),
          frequencies);
      const float* const says = plain.data_ptr<float>() + place * codebook;
      for (std::size_t token = 0; token < codebook; ++token)
        both[token] = says[token] + static_cast<float>(settings_.coherence) *
                                        std::log(static_cast<float>(frequencies[token]));
      const std::int64_t chosen = sample_token(both, settings_, randoms_[i]);
      own[place] = static_cast<std::uint16_t>(chosen);
      tokens.data_ptr<std::int64_t>()[place] = chosen;
    }
    return tokens;
  }

  const models::GeneratorConfig& config_;
  std::span<const Wish> wishes_;
  const SamplingSettings& settings_;
  torch::Device device_;
  const formats::TokenPrior* prior_ = nullptr;  ///< null: tokens of a scale know nothing of each other
  std::vector<std::vector<std::vector<std::uint16_t>>> written_;  ///< of each clip, where there is a prior
  std::vector<std::mt19937_64> randoms_;
};

/// The largest sample of a clip's sound, in dB re full scale.
double peak_db(const std::shared_ptr<const LoadedTokenizer>& tokenizer, const TokenClip& clip) {
  float peak = 0.0F;
  Decoder decoder(tokenizer, {}, [&peak](std::span<const float> samples) {
    for (const float sample : samples) peak = std::max(peak, std::abs(sample));
  });
  decoder.push(clip);
  decoder.finish(std::nullopt);
  return 20.0 * std::log10(static_cast<double>(peak));
}

/// Level at which the sound of a clip peaks where the velocity says. How a peak follows from magnitudes no
/// formula tells, for it depends on the phases that the decoder finds; these do not depend on the level.
float level_for(const std::shared_ptr<const LoadedTokenizer>& tokenizer, TokenClip clip, int velocity) {
  const double wanted_db =
      kLoudestPeakDb + kVelocityRangeDb * (static_cast<double>(velocity) / kHighestVelocity - 1.0);
  clip.spectral_level_db = formats::quantised_level_db(
      static_cast<float>(wanted_db + tokenizer->model->config.full_scale_db()));  // that of a sine
  const double found_db = peak_db(tokenizer, clip);
  if (!std::isfinite(found_db)) return *clip.spectral_level_db;  // silent at any level
  return static_cast<float>(*clip.spectral_level_db + wanted_db - found_db);
}

}  // namespace

Writer::Writer(std::shared_ptr<const LoadedGenerator> generator,
               std::shared_ptr<const LoadedTokenizer> tokenizer, const SamplingSettings& settings,
               std::shared_ptr<const formats::TokenPrior> prior)
    : generator_(std::move(generator)),
      tokenizer_(std::move(tokenizer)),
      settings_(settings),
      prior_(std::move(prior)) {
  require_tokenizer(generator_->config, *tokenizer_);
  check(settings_);
}

std::size_t Writer::together() const { return generator_->device.is_cpu() ? 1 : kTogether; }

std::vector<TokenClip> Writer::write(std::span<const Wish> wishes) const {
  std::vector<TokenClip> clips;
  for (std::size_t first = 0; first < wishes.size(); first += together())
    for (TokenClip& clip : write_together(wishes.subspan(first, std::min(together(), wishes.size() - first))))
      clips.push_back(std::move(clip));
  return clips;
}

std::vector<TokenClip> Writer::write_together(std::span<const Wish> wishes) const {
  torch::NoGradGuard no_grad;
  const models::GeneratorConfig& c = generator_->config;
  models::Tokenizer& tokenizer = *tokenizer_->model;
  const std::int64_t latent_columns = tokenizer.config.latent_columns();
  const auto count = static_cast<std::int64_t>(wishes.size());
  GuidedGenerator model(*generator_, wishes, settings_.guidance);
  TokenChoice choice(c, wishes, settings_, prior_.get(), generator_->device);
  models::PyramidSum sum(*tokenizer.quantiser, count, c.code_size, tokenizer.config.latent_rows(),
                         latent_columns, generator_->device);
  std::vector<torch::Tensor> pyramid;
  torch::Tensor last;  // code of the token before, [clips, 1, code size]
  for (std::size_t scale = 0; scale < c.scales.size(); ++scale) {
    const auto& [rows, columns] = c.scales[scale];
    const std::int64_t first = c.first_token(scale);
    const std::int64_t n = c.tokens_of(scale);
    const torch::Tensor sums = scale > 0 ? sum.at(rows, columns) : torch::Tensor();  // [clips, n, code size]
    torch::Tensor tokens;                                                            // [clips, n]
    if (c.order == "scales") {
      // Given tokens too have to be remembered.
      tokens = choice.tokens(scale, 0, model.logits(first, n, sums, {}));
    } else {
      std::vector<torch::Tensor> written;
      for (std::int64_t i = 0; i < n; ++i) {
        const torch::Tensor logits =
            model.logits(first + i, 1, sums.defined() ? sums.narrow(1, i, 1) : sums, last);
        written.push_back(choice.tokens(scale, i, logits));
        last = tokenizer.quantiser->codes().index_select(0, written.back().flatten()).unsqueeze(1);
      }
      tokens = torch::cat(written, 1);
    }
    pyramid.push_back(tokens.reshape({count, rows, columns}));
    sum.add(pyramid.back());
  }

  std::vector<TokenClip> clips;
  for (std::int64_t i = 0; i < count; ++i) {
    const Wish& wish = wishes[static_cast<std::size_t>(i)];
    TokenClip clip;
    clip.columns = static_cast<std::uint16_t>(latent_columns);
    for (const torch::Tensor& tokens : pyramid) clip.scales.push_back(tokens_of(tokens[i]));
    clip.spectral_level_db = formats::quantised_level_db(
        wish.spectral_level_db ? *wish.spectral_level_db
                               : level_for(tokenizer_, clip, wish.velocity.value_or(kUsualVelocity)));
    if (!clip.spectral_level_db) clip.scales.clear();  // as soft as silence
    clips.push_back(std::move(clip));
  }
  return clips;
}

std::vector<std::vector<std::uint16_t>> Writer::coarse_tokens(const TokenClip& clip,
                                                              std::size_t scales) const {
  torch::NoGradGuard no_grad;
  models::Tokenizer& tokenizer = *tokenizer_->model;
  const models::TokenizerConfig& c = tokenizer.config;
  std::vector<std::vector<std::uint16_t>> coarse = clip.scales;
  if (clip.columns < c.latent_columns()) {
    std::vector<torch::Tensor> tokens;
    for (std::size_t scale = 0; scale < clip.scales.size(); ++scale) {
      const formats::GridSize grid = tokenizer_->shape.grid(scale, clip.columns);
      tokens.push_back(tensor_of(clip.scales[scale], grid.rows, grid.columns).to(tokenizer.device));
    }
    const torch::Tensor image = tokenizer.image_of_tokens(tokens, clip.columns);
    const torch::Tensor whole =
        torch::constant_pad_nd(image, {0, c.clip_frames - image.size(3)}, /*value=*/-1.0);
    coarse.clear();
    for (const torch::Tensor& found : tokenizer.quantiser->quantise(tokenizer.encoder->forward(whole)).tokens)
      coarse.push_back(tokens_of(found));
  }
  coarse.resize(std::min(scales, coarse.size()));
  return coarse;
}

}  // namespace ictus::mars
