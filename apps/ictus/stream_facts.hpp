// What can be said of an event stream without its model.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "apps/cli/event_input.hpp"
#include "formats/event_stream.hpp"
#include "lib/core/error.hpp"

namespace ictus::front {

struct StreamFacts {
  formats::EventStreamHeader header;
  /// Empty for a stream that is damaged or cut short; what is told then is of the sound part.
  std::optional<formats::EventStreamTotals> totals;
  std::uint64_t events = 0;
  std::uint64_t samples = 0;
  std::uint64_t bytes = 0;

  [[nodiscard]] double duration_s() const;
  [[nodiscard]] double events_per_s() const;
  [[nodiscard]] double bitrate_bps() const;
};

/// Reads the stream to its end, or to where it is damaged; that is then told in `damage`.
[[nodiscard]] StreamFacts read_facts(cli::EventInput& input, std::optional<DamagedInput>& damage);

}  // namespace ictus::front
