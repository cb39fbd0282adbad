// The token codec as two streams: samples to clips of tokens, clips of tokens to samples.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "formats/token_pyramid.hpp"

namespace ictus::mars {

class LoadedTokenizer;  ///< weights on a device, see lib/mars/model_file.hpp

struct EncoderSettings {
  int effort = 5;  ///< 0..9: time spent on the choice of tokens, never bits
};

/// Samples to clips. A clip comes out through `emit` as soon as it is complete.
class Encoder {
 public:
  using Emit = std::function<void(const formats::TokenClip&)>;
  Encoder(std::shared_ptr<const LoadedTokenizer> tokenizer, const EncoderSettings& settings, Emit emit);
  ~Encoder();
  /// Mono samples at the model's rate, any number.
  void push(std::span<const float> samples);
  /// Encodes what is left.
  void finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

struct DecoderSettings {
  std::optional<int> scales;  ///< only the coarsest so many; all without
};

/// Clips to samples. Sound comes out through `emit` as soon as it is final.
class Decoder {
 public:
  using Emit = std::function<void(std::span<const float>)>;
  Decoder(std::shared_ptr<const LoadedTokenizer> tokenizer, const DecoderSettings& settings, Emit emit);
  ~Decoder();
  /// A clip may lack its finest scales. Throws ictus::Error when its tokens do not fit the model.
  void push(const formats::TokenClip& clip);
  /// Renders what is left; the sound ends exactly at `length_samples` (padded or cut). Without a
  /// length (a damaged file) it ends where the last clip ended.
  void finish(std::optional<std::uint64_t> length_samples);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ictus::mars
