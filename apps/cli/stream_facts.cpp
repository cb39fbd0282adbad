#include "apps/cli/stream_facts.hpp"

#include <algorithm>
#include <cmath>

namespace ictus::cli {
namespace {

/// How often each token of a scale occurs.
class TokenCounts {
 public:
  explicit TokenCounts(std::uint32_t codebook_size) : counts_(codebook_size) {}

  void add(const std::vector<std::uint16_t>& tokens) {
    for (const std::uint16_t token : tokens) ++counts_[token];
    sum_ += tokens.size();
  }

  [[nodiscard]] std::uint64_t sum() const { return sum_; }

  /// Of one token, in bits.
  [[nodiscard]] double entropy_bits() const {
    double bits = 0.0;
    for (const std::uint64_t count : counts_) {
      if (count == 0) continue;
      const double share = static_cast<double>(count) / static_cast<double>(sum_);
      bits -= share * std::log2(share);
    }
    return bits;
  }

 private:
  std::vector<std::uint64_t> counts_;
  std::uint64_t sum_ = 0;
};

void add_clip(const formats::TokenClip& clip, const formats::TokenPyramidHeader& header, StreamFacts& facts,
              PyramidFacts& own, std::vector<TokenCounts>& counts) {
  ++own.clips;
  if (clip.spectral_level_db) {
    const double level_db = formats::full_scale_db(*clip.spectral_level_db, header);
    own.level_db = std::max(own.level_db.value_or(level_db), level_db);
  }
  own.last_scales = clip.scales.size();
  for (std::size_t scale = 0; scale < clip.scales.size(); ++scale) counts[scale].add(clip.scales[scale]);
  facts.samples += std::uint64_t{clip.columns} * header.shape.column_samples();
}

/// Reads the rest of the stream into the facts, also when it throws on the way.
void read(formats::EventStreamReader& reader, StreamFacts& facts) {
  facts.format_version = formats::kEventStreamVersion;
  auto& own = facts.own.emplace<EventFacts>(EventFacts{.coding = reader.header().coding,
                                                       .channels = reader.header().channels,
                                                       .names = reader.header().names});
  while (const auto block = reader.next_outline()) {
    own.events += block->events;
    facts.samples = static_cast<std::uint64_t>(block->end_samples);
  }
}

void read(formats::TokenPyramidReader& reader, StreamFacts& facts) {
  const formats::TokenPyramidHeader& header = reader.header();
  const formats::PyramidShape& shape = header.shape;
  facts.format_version = formats::kTokenPyramidVersion;
  auto& own = facts.own.emplace<PyramidFacts>();
  own.clip_s = static_cast<double>(shape.clip_samples) / static_cast<double>(header.sample_rate_hz);
  own.codebook_size = shape.codebook_size;
  own.label = header.label;
  own.seed = header.seed;
  std::vector<TokenCounts> counts(shape.scales.size(), TokenCounts(shape.codebook_size));
  const auto sum_up = [&] {
    if (reader.prior() != nullptr) own.prior_id = reader.prior()->id();
    for (std::size_t scale = 0; scale < counts.size(); ++scale) {
      own.tokens += counts[scale].sum();
      own.scales.push_back({.grid = shape.scales[scale],
                            .tokens = counts[scale].sum(),
                            .bytes = reader.scale_bytes()[scale],
                            .entropy_bits = counts[scale].entropy_bits()});
    }
  };
  try {
    while (const auto clip = reader.next()) add_clip(*clip, header, facts, own, counts);
  } catch (const DamagedInput&) {
    if (reader.unfinished()) add_clip(*reader.unfinished(), header, facts, own, counts);
    sum_up();
    throw;
  }
  sum_up();
}

template <typename Header>
StreamFacts facts_of(const Header& header) {
  StreamFacts facts;
  facts.model_id = header.model_id;
  facts.weights_hash = header.weights_hash;
  facts.sample_rate_hz = header.sample_rate_hz;
  facts.original_sample_rate_hz = header.original_sample_rate_hz;
  facts.original_channels = header.original_channels;
  facts.tags = header.tags;
  return facts;
}

template <typename Reader>
StreamFacts read_all(Reader& reader, std::optional<DamagedInput>& damage) {
  StreamFacts facts = facts_of(reader.header());
  try {
    read(reader, facts);
    facts.samples = reader.totals()->length_samples;
    facts.original_samples = reader.totals()->original_length_samples;
  } catch (const DamagedInput& error) {
    damage = error;
  }
  facts.bytes = reader.bytes_read();
  return facts;
}

}  // namespace

double StreamFacts::duration_s() const {
  return static_cast<double>(samples) / static_cast<double>(sample_rate_hz);
}

double StreamFacts::per_s(double amount) const { return samples > 0 ? amount / duration_s() : 0.0; }

double StreamFacts::bitrate_bps() const { return per_s(8.0 * static_cast<double>(bytes)); }

Counts StreamFacts::counts() const {
  if (const auto* const events = std::get_if<EventFacts>(&own)) return {{"event", events->events}};
  const auto& pyramid = std::get<PyramidFacts>(own);
  return {{"clip", pyramid.clips}, {"token", pyramid.tokens}};
}

StreamFacts read_facts(StreamInput& input, std::optional<DamagedInput>& damage) {
  return std::visit([&](auto& reader) { return read_all(reader, damage); }, input.reader());
}

}  // namespace ictus::cli
