#include "formats/token_pyramid.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "formats/header_block.hpp"
#include "formats/range_coder.hpp"
#include "lib/core/error.hpp"
#include "token_pyramid_generated.h"

namespace ictus::formats {
namespace {

using Bytes = std::vector<std::uint8_t>;
using ByteSpan = std::span<const std::uint8_t>;

// SPEC.md, section 14.
constexpr std::uint32_t kMaxClipSamples = 1U << 24U;
constexpr std::uint16_t kMaxClipColumns = 4096;
constexpr std::uint32_t kMinCodebookSize = 2;
constexpr std::uint32_t kMaxCodebookSize = 1U << 16U;
constexpr std::size_t kMaxScales = 32;
constexpr std::uint16_t kMaxGridSide = 4096;
constexpr std::size_t kMaxGridTokens = 1U << 18U;
constexpr unsigned kGridSideBytes = 2;
constexpr std::size_t kMaxLabelNameBytes = 64;
constexpr std::uint8_t kMaxMidiNumber = 127;
constexpr std::int16_t kMaxFullScaleCentibels = 1000;  // and as far below 0

// Section 15.
constexpr std::uint8_t kScaleKind = 0x20;        // of scale 0; that of scale k is k more
constexpr std::uint8_t kPackedScaleKind = 0x13;  // by a prior, of any scale
constexpr std::uint8_t kPriorKind = 0x14;        // which one
constexpr std::uint8_t kSilence = 0;
constexpr float kMinLevelDb = -99.5F;
constexpr float kMaxLevelDb = 27.5F;
constexpr float kLevelOffsetDb = -100.0F;
constexpr float kLevelStepsPerDb = 2.0F;

// Section 16.
constexpr unsigned kTotalBytes = 8;

std::string outside(const std::string& what, std::uint64_t lowest, std::uint64_t highest) {
  return what + " is outside " + std::to_string(lowest) + " to " + std::to_string(highest);
}

std::string bytes_in_words(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " byte" : " bytes");
}

std::string grid_in_words(const GridSize& grid) {
  return std::to_string(grid.rows) + " x " + std::to_string(grid.columns);
}

/// What is wrong with a shape that could not stand in a file; empty when nothing is.
std::string complaint(const PyramidShape& shape) {
  if (shape.clip_samples < 1 || shape.clip_samples > kMaxClipSamples) {
    return outside("a clip of " + std::to_string(shape.clip_samples) + " samples", 1, kMaxClipSamples);
  }
  if (shape.clip_columns < 1 || shape.clip_columns > kMaxClipColumns) {
    return outside("a clip of " + std::to_string(shape.clip_columns) + " columns", 1, kMaxClipColumns);
  }
  if (shape.clip_samples % shape.clip_columns != 0) {
    return "a clip of " + std::to_string(shape.clip_samples) + " samples cannot be divided into " +
           std::to_string(shape.clip_columns) + " columns";
  }
  if (shape.codebook_size < kMinCodebookSize || shape.codebook_size > kMaxCodebookSize) {
    return outside("a codebook of " + std::to_string(shape.codebook_size) + " entries", kMinCodebookSize,
                   kMaxCodebookSize);
  }
  if (shape.scales.empty() || shape.scales.size() > kMaxScales) {
    return outside("a number of " + std::to_string(shape.scales.size()) + " scales", 1, kMaxScales);
  }
  for (std::size_t k = 0; k < shape.scales.size(); ++k) {
    const GridSize& grid = shape.scales[k];
    const std::string which = "the grid of scale " + std::to_string(k) + ", " + grid_in_words(grid) + ",";
    for (const std::uint16_t side : {grid.rows, grid.columns}) {
      if (side < 1 || side > kMaxGridSide) return outside(which + " has a side that", 1, kMaxGridSide);
    }
    if (grid.tokens() > kMaxGridTokens) {
      return which + " holds more than " + std::to_string(kMaxGridTokens) + " tokens";
    }
  }
  return {};
}

std::string complaint(const NoteLabel& label) {
  for (const auto& [what, name] : {std::pair{"family", &label.family}, {"instrument", &label.instrument}}) {
    const std::string which = std::string("the ") + what + " of the label ";
    if (name->size() > kMaxLabelNameBytes) {
      return which + "is longer than " + std::to_string(kMaxLabelNameBytes) + " bytes";
    }
    if (!is_text(*name)) return which + "is not well-formed UTF-8";
    if (has_control_characters(*name)) return which + "has a control character";
  }
  if (label.pitch > kMaxMidiNumber) {
    return outside("a pitch of " + std::to_string(label.pitch), 0, kMaxMidiNumber);
  }
  if (label.velocity > kMaxMidiNumber) {
    return outside("a velocity of " + std::to_string(label.velocity), 0, kMaxMidiNumber);
  }
  return {};
}

std::string complaint(const TokenPyramidHeader& header) {
  if (std::string what = complaint(common(header)); !what.empty()) return what;
  if (std::string what = complaint(header.shape); !what.empty()) return what;
  if (std::abs(header.full_scale_centibels) > kMaxFullScaleCentibels) {
    return "a full scale at " + std::to_string(header.full_scale_centibels) + " tenths of a dB is outside -" +
           std::to_string(kMaxFullScaleCentibels) + " to " + std::to_string(kMaxFullScaleCentibels);
  }
  return header.label ? complaint(*header.label) : std::string();
}

/// What is wrong with a clip of `columns` after the others; empty when nothing is.
std::string complaint(const PyramidShape& shape, const PyramidExtent& extent, std::uint64_t columns) {
  if (columns < 1 || columns > shape.clip_columns) {
    return outside("a clip of " + std::to_string(columns) + " columns", 1, shape.clip_columns);
  }
  if (extent.clips > 0 && extent.last_clip_samples < shape.clip_samples) {
    return "a clip follows one of " + std::to_string(extent.last_clip_samples / shape.column_samples()) +
           " columns; only the last may have fewer than " + std::to_string(shape.clip_columns);
  }
  if (columns * shape.column_samples() > kMaxPosition - extent.end_samples) {
    return "a clip ends at a sample above " + std::to_string(kMaxPosition);
  }
  return {};
}

/// What is wrong with the lengths of an end block after these clips.
std::string complaint(const PyramidExtent& extent, const TokenPyramidTotals& totals) {
  if (totals.original_length_samples > kMaxPosition) {
    return "a length is above " + std::to_string(kMaxPosition) + " samples";
  }
  const std::uint64_t last_clip_start = extent.end_samples - extent.last_clip_samples;
  const bool fits = extent.clips == 0 ? totals.length_samples == 0
                                      : totals.length_samples > last_clip_start &&
                                            totals.length_samples <= extent.end_samples;
  if (fits) return {};
  const std::string length = "a length of " + std::to_string(totals.length_samples) + " samples ";
  if (extent.clips == 0) return length + "is stated where there are no clips";
  return length + "does not end in the last clip, which covers samples " + std::to_string(last_clip_start) +
         " to " + std::to_string(extent.end_samples - 1);
}

void advance(PyramidExtent& extent, const PyramidShape& shape, std::uint16_t columns) {
  ++extent.clips;
  extent.last_clip_samples = std::uint64_t{columns} * shape.column_samples();
  extent.end_samples += extent.last_clip_samples;
}

// --- Levels and tokens -----------------------------------------------------------------------------

std::uint8_t level_code(std::optional<float> level_db) {
  if (!level_db) return kSilence;
  if (std::isnan(*level_db)) throw Error("a clip has a level that is not a number");
  if (*level_db < kMinLevelDb) return kSilence;
  return static_cast<std::uint8_t>(
      std::lround((std::min(*level_db, kMaxLevelDb) - kLevelOffsetDb) * kLevelStepsPerDb));
}

std::optional<float> level_value(std::uint8_t code) {
  if (code == kSilence) return std::nullopt;
  return kLevelOffsetDb + static_cast<float>(code) / kLevelStepsPerDb;
}

unsigned token_bits(std::uint32_t codebook_size) {
  return static_cast<unsigned>(std::bit_width(codebook_size - 1));
}

std::size_t packed_bytes(std::size_t tokens, unsigned bits) { return (tokens * bits + 7) / 8; }

void append_tokens(Bytes& bytes, const std::vector<std::uint16_t>& tokens, unsigned bits) {
  std::uint32_t pending = 0;
  unsigned pending_bits = 0;
  for (const std::uint16_t token : tokens) {
    pending |= std::uint32_t{token} << pending_bits;
    for (pending_bits += bits; pending_bits >= 8; pending_bits -= 8) {
      bytes.push_back(static_cast<std::uint8_t>(pending));
      pending >>= 8U;
    }
  }
  if (pending_bits > 0) bytes.push_back(static_cast<std::uint8_t>(pending));
}

/// Throws where a prior is not for the tokens of such streams.
void require_fitting(const TokenPrior& prior, const TokenPyramidHeader& header) {
  if (prior.tokenizer_hash() != header.weights_hash)
    throw Error("the prior " + prior.id() + " is for other weights");
  if (prior.shape() != header.shape)
    throw Error("the prior " + prior.id() + " is for pyramids of another shape");
}

void append_packed(Bytes& bytes, const TokenPrior& prior, std::uint16_t columns,
                   std::span<std::vector<std::uint16_t>> scales) {
  RangeEncoder encoder;
  code_tokens(prior, encoder, columns, scales);
  const Bytes packed = encoder.finish();
  bytes.insert(bytes.end(), packed.begin(), packed.end());
}

/// Likewise for the last of `scales`, which has as many tokens as there are.
void read_packed(ByteSpan bytes, const TokenPrior& prior, std::uint16_t columns,
                 std::span<std::vector<std::uint16_t>> scales, const BlockReader& reader) {
  RangeDecoder decoder(bytes);
  code_tokens(prior, decoder, columns, scales);
  if (decoder.has_more()) reader.fail("there is more after its tokens");
}

/// All that a scale's block holds behind the head of its clip; fails in the reader's name.
std::vector<std::uint16_t> read_tokens(ByteSpan bytes, std::size_t count, std::uint32_t codebook_size,
                                       const BlockReader& reader) {
  const unsigned bits = token_bits(codebook_size);
  const std::size_t expected_bytes = packed_bytes(count, bits);
  if (bytes.size() < expected_bytes) {
    reader.fail("it has " + bytes_in_words(bytes.size()) + " for tokens that take " +
                std::to_string(expected_bytes));
  }
  if (bytes.size() > expected_bytes) {
    reader.fail("there is more after its tokens: " + bytes_in_words(bytes.size() - expected_bytes));
  }
  std::vector<std::uint16_t> tokens(count);
  std::uint32_t pending = 0;
  unsigned pending_bits = 0;
  std::size_t at = 0;
  for (std::size_t i = 0; i < count; ++i) {
    for (; pending_bits < bits; pending_bits += 8) pending |= std::uint32_t{bytes[at++]} << pending_bits;
    const std::uint32_t token = pending & ((1U << bits) - 1);
    if (token >= codebook_size) {
      reader.fail("token " + std::to_string(i) + " is " + std::to_string(token) +
                  ", outside the codebook of " + std::to_string(codebook_size));
    }
    tokens[i] = static_cast<std::uint16_t>(token);
    pending >>= bits;
    pending_bits -= bits;
  }
  if (pending != 0) reader.fail("the unused bits after its tokens are not 0");
  return tokens;
}

// --- Contents of the blocks, written ---------------------------------------------------------------

/// Checks the header as well as laying it out.
Block header_block(const TokenPyramidHeader& header) {
  if (const std::string what = complaint(header); !what.empty()) {
    throw Error("this header cannot be written: " + what);
  }
  Bytes scales;
  for (const GridSize& grid : header.shape.scales) {
    append_varint(scales, grid.rows);
    append_varint(scales, grid.columns);
  }
  Bytes label;
  if (header.label) {
    label = {header.label->pitch, header.label->velocity};
    label.insert(label.end(), header.label->family.begin(), header.label->family.end());
  }

  flatbuffers::FlatBufferBuilder builder;
  const auto tags_offset = add_tags(builder, header.tags);
  const auto label_offset = label.empty() ? 0 : builder.CreateVector(label);
  const auto instrument_offset =
      header.label && !header.label->instrument.empty() ? builder.CreateString(header.label->instrument) : 0;
  const auto scales_offset = builder.CreateVector(scales);
  const auto model_id_offset = header.model_id.empty() ? 0 : builder.CreateString(header.model_id);
  const pyramid_wire::WeightsHash weights_hash(header.weights_hash);

  // The widest first, so that no padding is needed.
  pyramid_wire::HeaderBuilder table(builder);
  if (header.seed) table.add_seed(*header.seed);
  table.add_model_id(model_id_offset);
  table.add_scales(scales_offset);
  table.add_tags(tags_offset);
  table.add_label(label_offset);
  table.add_instrument(instrument_offset);
  table.add_original_sample_rate_hz(header.original_sample_rate_hz);
  table.add_sample_rate_hz(header.sample_rate_hz);
  table.add_clip_samples(header.shape.clip_samples);
  table.add_codebook_size(header.shape.codebook_size);
  table.add_original_channels(header.original_channels);
  table.add_clip_columns(header.shape.clip_columns);
  table.add_full_scale_centibels(header.full_scale_centibels);
  table.add_weights_hash(&weights_hash);
  return packed_header(kTokenPyramidFormat, finished(builder, table.Finish()),
                       *pyramid_wire::HeaderTypeTable());
}

/// The tokens of the last of `scales` as they take fewest bytes: by `prior`, or, without one and where they
/// are not what it expects, each by itself. The content begins with `head`.
Block scale_block(const Bytes& head, std::span<std::vector<std::uint16_t>> scales, std::uint16_t columns,
                  std::uint32_t codebook_size, const TokenPrior* prior) {
  Block plain{static_cast<std::uint8_t>(kScaleKind + scales.size() - 1), head};
  append_tokens(plain.content, scales.back(), token_bits(codebook_size));
  if (prior == nullptr) return plain;
  Block packed{kPackedScaleKind, head, true};
  append_packed(packed.content, *prior, columns, scales);
  return packed.content.size() < plain.content.size() ? packed : plain;
}

/// Checks the clip as well as laying it out, one block a scale. By `prior`, or null.
std::vector<Block> clip_blocks(const TokenClip& clip, const PyramidShape& shape, const TokenPrior* prior) {
  const std::uint8_t level = level_code(clip.spectral_level_db);
  Bytes head;
  append_varint(head, clip.columns);
  head.push_back(level);
  if (level == kSilence) {
    if (!clip.scales.empty()) throw Error("a silent clip cannot hold tokens");
    return {{kScaleKind, head}};
  }
  if (clip.scales.size() != shape.scales.size()) {
    throw Error("a clip of " + std::to_string(clip.scales.size()) + " scales is not whole: the pyramid has " +
                std::to_string(shape.scales.size()));
  }
  std::vector<Block> blocks;
  std::vector<std::vector<std::uint16_t>> scales = clip.scales;
  for (std::size_t k = 0; k < scales.size(); ++k) {
    const std::vector<std::uint16_t>& tokens = scales[k];
    const GridSize grid = shape.grid(k, clip.columns);
    if (tokens.size() != grid.tokens()) {
      throw Error("scale " + std::to_string(k) + " of a clip holds " + std::to_string(tokens.size()) +
                  " tokens, but its grid is " + grid_in_words(grid));
    }
    for (const std::uint16_t token : tokens) {
      if (token >= shape.codebook_size) {
        throw Error("scale " + std::to_string(k) + " of a clip holds token " + std::to_string(token) +
                    ", outside the codebook of " + std::to_string(shape.codebook_size));
      }
    }
    blocks.push_back(scale_block(k == 0 ? head : Bytes{}, std::span(scales).first(k + 1), clip.columns,
                                 shape.codebook_size, prior));
  }
  return blocks;
}

}  // namespace

std::optional<float> quantised_level_db(float spectral_level_db) {
  return level_value(level_code(spectral_level_db));
}

double full_scale_db(float spectral_level_db, const TokenPyramidHeader& header) {
  return static_cast<double>(spectral_level_db) - header.full_scale_centibels / 10.0;
}

// --- Writer ----------------------------------------------------------------------------------------

namespace {

/// Before anything is written.
std::shared_ptr<const TokenPrior> fitting(std::shared_ptr<const TokenPrior> prior,
                                          const TokenPyramidHeader& header) {
  if (prior) require_fitting(*prior, header);
  return prior;
}

}  // namespace

TokenPyramidWriter::TokenPyramidWriter(const TokenPyramidHeader& header, ByteSink sink,
                                       std::shared_ptr<const TokenPrior> prior)
    : prior_(fitting(std::move(prior), header)),
      blocks_(kTokenPyramidFormat, std::move(sink), header_block(header)),
      shape_(header.shape) {
  if (!prior_) return;
  const PriorId id = prior_->short_id();
  blocks_.write(std::vector<Block>{{kPriorKind, {id.begin(), id.end()}, true}});
}

void TokenPyramidWriter::write(const TokenClip& clip) {
  blocks_.require_open();
  if (const std::string what = complaint(shape_, extent_, clip.columns); !what.empty()) {
    throw Error("this clip cannot be written: " + what);
  }
  blocks_.write(clip_blocks(clip, shape_, prior_.get()));
  advance(extent_, shape_, clip.columns);
}

void TokenPyramidWriter::finish(TokenPyramidTotals totals) {
  blocks_.require_open();
  totals.clips = extent_.clips;
  if (const std::string what = complaint(extent_, totals); !what.empty()) {
    throw Error("this end cannot be written: " + what);
  }
  Bytes content;
  append_varint(content, totals.clips);
  append_varint(content, totals.length_samples);
  append_varint(content, totals.original_length_samples);
  blocks_.finish(content);
}

// --- Reader ----------------------------------------------------------------------------------------

TokenPyramidReader::TokenPyramidReader(ByteSource source, FindPrior find_prior)
    : blocks_(kTokenPyramidFormat, std::move(source)), find_prior_(std::move(find_prior)) {
  read_header(read_header_block(blocks_, *pyramid_wire::HeaderTypeTable()));
}

std::optional<TokenClip> TokenPyramidReader::next() {
  if (totals_) return std::nullopt;
  if (failed_) blocks_.fail("nothing can be read after the damage reported before");
  failed_ = true;  // until this clip has proved sound
  for (;;) {
    const Block block = blocks_.next();
    if (block.kind == kEndKind) {
      read_end(block.content);
      failed_ = false;
      return std::nullopt;
    }
    if (block.kind == kPriorKind) {
      read_prior(block.content);
      continue;
    }
    if (block.kind == kPackedScaleKind) {
      if (!prior_) blocks_.fail("its tokens are packed, and nothing before says by which prior");
      read_scale(unfinished_ ? unfinished_->scales.size() : 0, block.content, prior_.get());
    } else if (block.kind >= kScaleKind && block.kind < kScaleKind + kMaxScales) {
      read_scale(block.kind - kScaleKind, block.content, nullptr);
    } else {
      blocks_.fail_unknown_kind(block.kind);
    }
    if (!unfinished_->spectral_level_db || unfinished_->scales.size() == header_.shape.scales.size()) {
      advance(extent_, header_.shape, unfinished_->columns);
      failed_ = false;
      return std::exchange(unfinished_, std::nullopt);
    }
  }
}

void TokenPyramidReader::read_header(const Bytes& content) {
  const auto* table = root_table<pyramid_wire::Header>(content);
  if (table == nullptr || table->weights_hash() == nullptr) blocks_.fail(kNoHeader);
  header_.sample_rate_hz = table->sample_rate_hz();
  header_.original_sample_rate_hz = table->original_sample_rate_hz();
  header_.original_channels = table->original_channels();
  header_.shape.clip_samples = table->clip_samples();
  header_.shape.clip_columns = table->clip_columns();
  header_.shape.codebook_size = table->codebook_size();
  header_.full_scale_centibels = table->full_scale_centibels();
  ByteSpan scales;
  if (table->scales() != nullptr) scales = {table->scales()->data(), table->scales()->size()};
  while (!scales.empty() && header_.shape.scales.size() <= kMaxScales) {
    const auto rows = take_varint(scales, kGridSideBytes);
    const auto columns = rows ? take_varint(scales, kGridSideBytes) : std::nullopt;
    if (!columns) blocks_.fail("its list of scales is not one of whole numbers in their shortest form");
    header_.shape.scales.push_back({static_cast<std::uint16_t>(*rows), static_cast<std::uint16_t>(*columns)});
  }
  if (table->model_id() != nullptr) header_.model_id = table->model_id()->str();
  std::copy_n(table->weights_hash()->bytes()->begin(), header_.weights_hash.size(),
              header_.weights_hash.begin());
  if (table->label() != nullptr && table->label()->size() > 0) {
    const auto* label = table->label();
    if (label->size() < 2) blocks_.fail("its label is shorter than 2 bytes");
    header_.label = {
        .family = {label->begin() + 2, label->end()},
        .pitch = label->Get(0),
        .velocity = label->Get(1),
        .instrument = table->instrument() != nullptr ? table->instrument()->str() : std::string()};
  }
  if (table->seed().has_value()) header_.seed = *table->seed();
  header_.tags = read_tags(table->tags(), blocks_);
  if (const std::string what = complaint(header_); !what.empty()) blocks_.fail(what);
  scale_bytes_.resize(header_.shape.scales.size());
}

/// Takes what the tokens of all clips are packed by.
void TokenPyramidReader::read_prior(ByteSpan content) {
  if (prior_ || unfinished_ || extent_.clips > 0) blocks_.fail("a prior is named where clips have begun");
  PriorId id{};
  if (content.size() != id.size()) blocks_.fail("its content does not name a prior");
  std::copy(content.begin(), content.end(), id.begin());
  try {
    if (!find_prior_) throw Error("the prior that its tokens are packed by is not here");
    prior_ = find_prior_(id);
    require_fitting(*prior_, header_);
  } catch (const Error& error) {
    blocks_.refuse(error.what(), error.hint());
  }
}

/// Reads one scale, packed by `prior` or not, into unfinished_, which stays as it was when it is not sound.
void TokenPyramidReader::read_scale(std::size_t scale, ByteSpan content, const TokenPrior* prior) {
  const PyramidShape& shape = header_.shape;
  const std::size_t expected = unfinished_ ? unfinished_->scales.size() : 0;
  if (scale >= shape.scales.size()) {
    blocks_.fail("it is scale " + std::to_string(scale) + " of a pyramid that ends with scale " +
                 std::to_string(shape.scales.size() - 1));
  }
  if (scale != expected) {
    blocks_.fail("it is scale " + std::to_string(scale) + " where scale " + std::to_string(expected) +
                 " was expected");
  }
  TokenClip begun;
  if (scale == 0) begun = read_clip_head(content);
  TokenClip& clip = scale == 0 ? begun : *unfinished_;
  if (clip.spectral_level_db) {
    const std::size_t tokens = shape.grid(scale, clip.columns).tokens();
    if (prior != nullptr) {
      clip.scales.emplace_back(tokens);
      try {
        read_packed(content, *prior, clip.columns, clip.scales, blocks_);
      } catch (...) {
        clip.scales.pop_back();
        throw;
      }
    } else {
      clip.scales.push_back(read_tokens(content, tokens, shape.codebook_size, blocks_));
    }
  } else if (!content.empty()) {
    blocks_.fail("there is more after a silent clip: " + bytes_in_words(content.size()));
  }
  if (scale == 0) unfinished_ = std::move(begun);
  scale_bytes_[scale] += blocks_.block_bytes();
}

/// Takes what stands before the tokens of scale 0 off the front of the content.
TokenClip TokenPyramidReader::read_clip_head(ByteSpan& content) {
  const auto columns = take_varint(content, kGridSideBytes);
  if (!columns || content.empty()) blocks_.fail("it does not begin with the columns and the level of a clip");
  if (const std::string what = complaint(header_.shape, extent_, *columns); !what.empty()) blocks_.fail(what);
  TokenClip clip;
  clip.columns = static_cast<std::uint16_t>(*columns);
  clip.spectral_level_db = level_value(content.front());
  content = content.subspan(1);
  return clip;
}

void TokenPyramidReader::read_end(ByteSpan content) {
  if (unfinished_) {
    blocks_.fail("the end block stands where scale " + std::to_string(unfinished_->scales.size()) +
                 " was expected");
  }
  TokenPyramidTotals totals;
  for (std::uint64_t* total : {&totals.clips, &totals.length_samples, &totals.original_length_samples}) {
    const auto value = take_varint(content, kTotalBytes);
    if (!value) blocks_.fail("its totals are not three whole numbers in their shortest form");
    *total = *value;
  }
  if (!content.empty()) blocks_.fail("there is more after its totals: " + bytes_in_words(content.size()));
  if (totals.clips != extent_.clips) {
    blocks_.fail("it counts " + std::to_string(totals.clips) + " clips where there are " +
                 std::to_string(extent_.clips));
  }
  if (const std::string what = complaint(extent_, totals); !what.empty()) blocks_.fail(what);
  blocks_.require_end_of_data();
  totals_ = totals;
}

}  // namespace ictus::formats
