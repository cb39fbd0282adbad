#include <utility>

#include "apps/cli/token_priors.hpp"
#include "apps/networks/pyramids.hpp"
#include "apps/networks/tokenizer.hpp"
#include "formats/token_pyramid.hpp"
#include "lib/mars/codec.hpp"

namespace ictus::networks {
namespace {

/// Samples to a token pyramid.
class PyramidMaker : public cli::StreamMaker {
 public:
  PyramidMaker(const Tokenizer& model, const options::EncodeOptions& options, const audio::Source& source,
               formats::ByteSink sink, cli::CodedFrames coded)
      : coded_(std::move(coded)),
        writer_(header(model, options, source), std::move(sink), cli::prior_for(weights_hash(*model))),
        encoder_(model, {.effort = options.effort}, [this](const formats::TokenClip& clip) {
          writer_.write(clip);
          ++clips_;
          for (const auto& tokens : clip.scales) tokens_ += tokens.size();
        }) {}

  void push(std::span<const float> samples) override {
    encoder_.push(samples);
    coded_(frames_ += samples.size());
  }
  void finish(std::uint64_t frames, std::uint64_t original_frames) override {
    encoder_.finish();
    writer_.finish({.length_samples = frames, .original_length_samples = original_frames});
  }
  /// Tokens always make some sound.
  [[nodiscard]] bool is_silent() const override { return false; }
  [[nodiscard]] cli::Counts counts() const override { return {{"clip", clips_}, {"token", tokens_}}; }
  [[nodiscard]] std::uint64_t bytes() const override { return writer_.bytes_written(); }

 private:
  static formats::TokenPyramidHeader header(const Tokenizer& model, const options::EncodeOptions& options,
                                            const audio::Source& source) {
    formats::TokenPyramidHeader header;
    header.sample_rate_hz = static_cast<std::uint32_t>(sample_rate_hz(*model));
    header.model_id = model_id(*model);
    header.weights_hash = weights_hash(*model);
    cli::describe_source(header, source, options);
    header.shape = shape(*model);
    header.full_scale_centibels = mars::full_scale_centibels(*model);
    return header;
  }

  cli::CodedFrames coded_;
  std::uint64_t frames_ = 0;
  formats::TokenPyramidWriter writer_;
  std::uint64_t clips_ = 0;
  std::uint64_t tokens_ = 0;
  mars::Encoder encoder_;
};

}  // namespace

cli::Encoding pyramid_encoding(const options::EncodeOptions& options) {
  const Tokenizer model = load_tokenizer(options.network);
  cli::Encoding encoding;
  encoding.sample_rate_hz = sample_rate_hz(*model);
  encoding.begin = [model, &options](const audio::Source& source, formats::ByteSink sink,
                                     cli::CodedFrames coded) {
    return std::make_unique<PyramidMaker>(model, options, source, std::move(sink), std::move(coded));
  };
  return encoding;
}

}  // namespace ictus::networks
