// What can be said of a stream without its model.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "apps/cli/stream_input.hpp"
#include "apps/cli/text.hpp"
#include "formats/event_stream.hpp"
#include "formats/token_pyramid.hpp"
#include "lib/core/error.hpp"

namespace ictus::cli {

struct EventFacts {
  formats::EventCoding coding;
  std::uint16_t channels = 1;  ///< of the decoded sound
  std::vector<formats::NumberName> names;
  std::uint64_t events = 0;
};

/// One scale over all clips.
struct ScaleFacts {
  formats::GridSize grid;  ///< in a whole clip
  std::uint64_t tokens = 0;
  std::uint64_t bytes = 0;  ///< framing included
  double entropy_bits = 0;  ///< of one token, as often as each occurs
};

struct PyramidFacts {
  std::uint64_t clips = 0;  ///< the unfinished one of a damaged file included
  double clip_s = 0;        ///< of a whole one
  std::uint64_t tokens = 0;
  std::uint32_t codebook_size = 0;
  std::optional<std::string> prior_id;  ///< of what the tokens are packed by
  std::optional<double> level_db;       ///< re full scale, of the loudest clip; nothing: all are silent
  std::vector<ScaleFacts> scales;
  std::size_t last_scales = 0;  ///< that the last clip has
  std::optional<formats::NoteLabel> label;
  std::optional<std::uint64_t> seed;
};

struct StreamFacts {
  std::uint8_t format_version = 0;
  std::string model_id;
  formats::WeightsHash weights_hash{};
  std::uint32_t sample_rate_hz = 1;
  std::uint32_t original_sample_rate_hz = 1;
  std::uint16_t original_channels = 1;
  std::vector<std::pair<std::string, std::string>> tags;
  std::uint64_t samples = 0;
  /// Empty for a stream that is damaged or cut short; what is told then is of the sound part.
  std::optional<std::uint64_t> original_samples;
  std::uint64_t bytes = 0;
  std::variant<EventFacts, PyramidFacts> own;  ///< what only this codec has

  [[nodiscard]] bool is_complete() const { return original_samples.has_value(); }
  [[nodiscard]] double duration_s() const;
  [[nodiscard]] double per_s(double amount) const;
  [[nodiscard]] double bitrate_bps() const;
  [[nodiscard]] Counts counts() const;
};

/// Reads the stream to its end, or to where it is damaged; that is then told in `damage`.
[[nodiscard]] StreamFacts read_facts(StreamInput& input, std::optional<DamagedInput>& damage);

}  // namespace ictus::cli
