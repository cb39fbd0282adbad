// Notes written by a generator, as clips of tokens.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "formats/token_pyramid.hpp"
#include "lib/mars/sampling.hpp"

namespace ictus::mars {

class LoadedGenerator;  ///< see lib/mars/generator_file.hpp
class LoadedTokenizer;  ///< see lib/mars/model_file.hpp

/// What a clip is to be.
struct Wish {
  std::optional<std::string> family{};      ///< one of the generator's; nothing: any
  std::optional<std::string> instrument{};  ///< one of the generator's; nothing: any
  std::optional<int> pitch{};               ///< MIDI number within the generator's range; nothing: any
  std::optional<int> velocity{};            ///< 1 .. 127; nothing: any
  std::uint64_t seed = 0;                   ///< of all that is left to chance
  /// Tokens of the coarsest scales that are taken as they are, of a whole clip; the finer ones are written
  /// to them.
  std::vector<std::vector<std::uint16_t>> kept{};
  /// Level of the loudest place, as a clip has it; nothing: by the velocity.
  std::optional<float> spectral_level_db{};
};

class Writer {
 public:
  /// `prior` is of the tokenizer, and is what coherence needs; null: there is none. Throws ictus::Error when
  /// the generator is not for this tokenizer, or a setting is out of range.
  Writer(std::shared_ptr<const LoadedGenerator> generator, std::shared_ptr<const LoadedTokenizer> tokenizer,
         const SamplingSettings& settings, std::shared_ptr<const formats::TokenPrior> prior = {});

  /// How many clips are computed together: on a processor each by itself, since matrix products of other
  /// sizes round otherwise and there is nothing to gain; on a graphics processor several.
  [[nodiscard]] std::size_t together() const;

  /// A whole clip for each wish; on a processor it depends on its own wish alone. Safe to call from several
  /// threads. Throws ictus::Error when a wish cannot be fulfilled.
  [[nodiscard]] std::vector<formats::TokenClip> write(std::span<const Wish> wishes) const;

  /// The tokens of `clip`'s coarsest `scales` scales as those of a whole clip: one that is shorter is
  /// followed by silence first.
  [[nodiscard]] std::vector<std::vector<std::uint16_t>> coarse_tokens(const formats::TokenClip& clip,
                                                                      std::size_t scales) const;

 private:
  [[nodiscard]] std::vector<formats::TokenClip> write_together(std::span<const Wish> wishes) const;

  std::shared_ptr<const LoadedGenerator> generator_;
  std::shared_ptr<const LoadedTokenizer> tokenizer_;
  SamplingSettings settings_;
  std::shared_ptr<const formats::TokenPrior> prior_;
};

}  // namespace ictus::mars
