#include <fmt/format.h>

#include <future>
#include <memory>
#include <utility>

#include "apps/networks/pyramids.hpp"
#include "apps/networks/tokenizer.hpp"
#include "lib/mars/codec.hpp"

namespace ictus::networks {
namespace {

class PyramidPlayer : public cli::StreamPlayer {
 public:
  PyramidPlayer(formats::TokenPyramidReader& reader, const options::DecodeOptions& options,
                const Tokenizer& model, cli::TakeSound take)
      : reader_(reader), decoder_(model, {.scales = options.scales}, std::move(take)) {}

  void play(cli::Counts& counts) override {
    counts = {{"clip", 0}, {"token", 0}};
    const auto push = [&](const formats::TokenClip& clip) {
      ++counts[0].second;
      for (const auto& tokens : clip.scales) counts[1].second += tokens.size();
      decoder_.push(clip);
    };
    try {
      while (const auto clip = reader_.next()) push(*clip);
    } catch (const DamagedInput&) {
      if (reader_.unfinished()) push(*reader_.unfinished());
      throw;
    }
  }

  void finish(std::optional<std::uint64_t> length_samples) override { decoder_.finish(length_samples); }

 private:
  formats::TokenPyramidReader& reader_;
  mars::Decoder decoder_;
};

void check_scales(const cli::StreamInput& input, const formats::TokenPyramidReader& reader,
                  const options::DecodeOptions& options) {
  const std::size_t scales = reader.header().shape.scales.size();
  if (!options.scales || static_cast<std::size_t>(*options.scales) <= scales) return;
  throw Error(
      fmt::format("{}: has {}, fewer than --scales asks for", input.name(), cli::counted(scales, "scale")),
      "leave it out to decode all");
}

}  // namespace

cli::Play pyramid_play(const options::DecodeOptions& options) {
  // Only the streams say which weights are needed, and a pipe says so when it comes.
  const auto tokenizer = std::async(std::launch::deferred, load_tokenizer, options.network).share();
  return [tokenizer, &options](cli::StreamInput& input,
                               cli::TakeSound take) -> std::unique_ptr<cli::StreamPlayer> {
    if (options.events) input.require(options::Codec::events, "--events");
    auto& reader = std::get<formats::TokenPyramidReader>(input.reader());
    check_scales(input, reader, options);
    // A future may be shared by threads as long as each has its own copy of it.
    const Tokenizer model = std::shared_future(tokenizer).get();
    cli::require_same_weights(input.name(), reader.header(), *model);
    if (reader.header().shape != mars::shape(*model)) {
      throw Error("its pyramids have another shape than those of the weights that it names",
                  "get the file again from where it came");
    }
    return std::make_unique<PyramidPlayer>(reader, options, model, std::move(take));
  };
}

}  // namespace ictus::networks
