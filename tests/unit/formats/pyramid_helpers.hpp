// Token pyramids in memory, for the tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "byte_helpers.hpp"
#include "formats/range_coder.hpp"
#include "formats/token_pyramid.hpp"

namespace ictus::formats::testing {

/// All that a file holds.
struct Pyramid {
  TokenPyramidHeader header;
  std::vector<TokenClip> clips;
  TokenPyramidTotals totals;
};

/// All that a reader made of some bytes.
struct PyramidReading {
  std::optional<TokenPyramidHeader> header;
  std::vector<TokenClip> clips;
  std::optional<TokenClip> unfinished;
  std::optional<TokenPyramidTotals> totals;
  std::vector<std::uint64_t> scale_bytes;
  std::string error;  ///< empty: the file was read to its end
  bool damaged = false;
  bool operator==(const PyramidReading&) const = default;
};

inline std::vector<Bytes> written_parts(const Pyramid& pyramid) {
  return parts_written_by<TokenPyramidWriter>(pyramid.header, pyramid.clips, pyramid.totals);
}

inline Bytes written(const Pyramid& pyramid) { return joined(written_parts(pyramid)); }

/// Packed by a prior.
inline Bytes written(const Pyramid& pyramid, std::shared_ptr<const TokenPrior> prior) {
  std::vector<Bytes> parts;
  TokenPyramidWriter writer(pyramid.header, sink_of(parts), std::move(prior));
  for (const TokenClip& clip : pyramid.clips) writer.write(clip);
  writer.finish(pyramid.totals);
  return joined(parts);
}

inline PyramidReading read_pyramid(std::span<const std::byte> bytes, std::size_t step = SIZE_MAX,
                                   const FindPrior& find_prior = {}) {
  PyramidReading reading;
  std::optional<TokenPyramidReader> reader;
  keep_refusal(reading, [&] {
    reader.emplace(source_of(bytes, step), find_prior);
    reading.header = reader->header();
    while (auto clip = reader->next()) reading.clips.push_back(std::move(*clip));
  });
  if (reader) {
    reading.unfinished = reader->unfinished();
    reading.totals = reader->totals();
    reading.scale_bytes = reader->scale_bytes();
  }
  return reading;
}

/// The first clips of `all`, as many as `some` has, are `some`.
inline bool begins_with(const std::vector<TokenClip>& all, const std::vector<TokenClip>& some) {
  return some.size() <= all.size() && std::equal(some.begin(), some.end(), all.begin());
}

/// The shape of the first model: 447 tokens a clip.
inline PyramidShape typical_shape() {
  PyramidShape shape;
  shape.scales = {{1, 1}, {2, 2}, {3, 3}, {4, 4}, {6, 6}, {8, 8}, {11, 11}, {14, 14}};
  return shape;
}

inline TokenPyramidHeader typical_pyramid_header() {
  TokenPyramidHeader header;
  header.shape = typical_shape();
  header.model_id = "mars-1";
  for (std::size_t i = 0; i < header.weights_hash.size(); ++i) {
    header.weights_hash[i] = static_cast<std::uint8_t>(17 * i + 3);
  }
  return header;
}

/// A clip of random tokens at a random level, not silent.
inline TokenClip random_clip(std::mt19937_64& random, const PyramidShape& shape, std::uint16_t columns) {
  std::uniform_int_distribution<std::uint32_t> token(0, shape.codebook_size - 1);
  std::uniform_int_distribution<int> level(1, 255);
  TokenClip clip;
  clip.columns = columns;
  clip.spectral_level_db = -100.0F + 0.5F * static_cast<float>(level(random));
  for (std::size_t k = 0; k < shape.scales.size(); ++k) {
    std::vector<std::uint16_t> tokens(shape.grid(k, columns).tokens());
    for (std::uint16_t& value : tokens) value = static_cast<std::uint16_t>(token(random));
    clip.scales.push_back(std::move(tokens));
  }
  return clip;
}

/// Four clips of three scales and a small codebook, the third silent and the last one shorter.
inline Pyramid small_pyramid(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Pyramid pyramid;
  pyramid.header = typical_pyramid_header();
  PyramidShape& shape = pyramid.header.shape;
  shape.clip_samples = 4000;
  shape.clip_columns = 8;
  shape.codebook_size = 300;
  shape.scales = {{1, 1}, {2, 2}, {5, 6}};
  for (const int columns : {8, 8, 8, 3}) {
    pyramid.clips.push_back(random_clip(random, shape, static_cast<std::uint16_t>(columns)));
  }
  pyramid.clips[2] = {8, {}, {}};
  pyramid.totals = {4, 13'400, 36'934};
  return pyramid;
}

/// A clip of tokens as `prior` expects them: what a range decoder makes of random bytes.
inline TokenClip expected_clip(std::mt19937_64& random, const TokenPrior& prior, std::uint16_t columns) {
  TokenClip clip = random_clip(random, prior.shape(), columns);
  for (std::size_t k = 0; k < clip.scales.size(); ++k) {
    std::vector<std::uint8_t> bytes(4 * clip.scales[k].size());
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
    RangeDecoder decoder(bytes);
    code_tokens(prior, decoder, columns, std::span(clip.scales).first(k + 1));
  }
  return clip;
}

inline PyramidShape random_shape(std::mt19937_64& random) {
  const auto up_to = [&](std::uint32_t most) { return 1 + static_cast<std::uint32_t>(random() % most); };
  constexpr std::uint32_t kTellingSizes[] = {2, 3, 255, 256, 257, 2048, 2049, 65535, 65536};
  PyramidShape shape;
  shape.clip_columns = static_cast<std::uint16_t>(up_to(random() % 4 == 0 ? 4096 : 24));
  shape.clip_samples = shape.clip_columns * up_to((1U << 24U) / shape.clip_columns);
  shape.codebook_size =
      random() % 2 == 0 ? kTellingSizes[random() % std::size(kTellingSizes)] : 1 + up_to(65535);
  for (std::size_t k = up_to(random() % 8 == 0 ? 32 : 5); k > 0; --k) {
    const std::uint32_t most = k == 1 ? 200 : 9;
    shape.scales.push_back(
        {static_cast<std::uint16_t>(up_to(most)), static_cast<std::uint16_t>(up_to(most))});
  }
  return shape;
}

/// Random clips of a random shape, some of them silent, the last one often shorter; the totals agree.
inline Pyramid random_pyramid(std::uint64_t seed, std::size_t clips) {
  std::mt19937_64 random(seed);
  Pyramid pyramid;
  pyramid.header = typical_pyramid_header();
  PyramidShape& shape = pyramid.header.shape;
  shape = random_shape(random);
  std::uint64_t end_samples = 0;
  std::uint64_t last_clip_samples = 1;
  for (std::size_t i = 0; i < clips; ++i) {
    std::uint16_t columns = shape.clip_columns;
    if (i + 1 == clips) columns = static_cast<std::uint16_t>(1 + random() % columns);
    pyramid.clips.push_back(random_clip(random, shape, columns));
    if (random() % 4 == 0) pyramid.clips.back() = {columns, {}, {}};
    last_clip_samples = std::uint64_t{columns} * shape.column_samples();
    end_samples += last_clip_samples;
  }
  pyramid.totals.clips = clips;
  pyramid.totals.length_samples = end_samples - (clips == 0 ? 0 : random() % last_clip_samples);
  pyramid.totals.original_length_samples = random() >> (11U + random() % 53);
  if (random() % 2 == 0) pyramid.header.seed = random() >> random() % 64;
  if (random() % 2 == 0) {
    pyramid.header.label = {std::string(random() % 65, 'f'), static_cast<std::uint8_t>(random() % 128),
                            static_cast<std::uint8_t>(random() % 128)};
  }
  if (random() % 4 == 0) {
    pyramid.header.full_scale_centibels = static_cast<std::int16_t>(static_cast<int>(random() % 2001) - 1000);
  }
  if (random() % 2 == 0) pyramid.header.tags = {{"ENCODER", "ictus 0.1.0"}, {"TITLE", "A sharp"}};
  return pyramid;
}

}  // namespace ictus::formats::testing
