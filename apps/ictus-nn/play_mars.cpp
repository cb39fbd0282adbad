#include <fmt/format.h>

#include <utility>

#include "apps/ictus-nn/player.hpp"
#include "lib/mars/codec.hpp"

namespace ictus::network {
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

std::unique_ptr<cli::StreamPlayer> play_mars(cli::StreamInput& input, const options::DecodeOptions& options,
                                             const std::function<Tokenizer()>& load, cli::TakeSound take) {
  if (options.events) input.require(options::Codec::events, "--events");
  auto& reader = std::get<formats::TokenPyramidReader>(input.reader());
  check_scales(input, reader, options);
  const Tokenizer model = load();
  cli::require_same_weights(input.name(), reader.header(), *model);
  if (reader.header().shape != mars::shape(*model)) {
    throw Error("its pyramids have another shape than those of the weights that it names",
                "get the file again from where it came");
  }
  return std::make_unique<PyramidPlayer>(reader, options, model, std::move(take));
}

}  // namespace ictus::network
