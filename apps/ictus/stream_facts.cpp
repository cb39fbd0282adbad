#include "apps/ictus/stream_facts.hpp"

namespace ictus::front {
namespace {

double ratio(double amount, double duration_s) { return duration_s > 0.0 ? amount / duration_s : 0.0; }

}  // namespace

double StreamFacts::duration_s() const {
  return static_cast<double>(samples) / static_cast<double>(header.sample_rate_hz);
}

double StreamFacts::events_per_s() const { return ratio(static_cast<double>(events), duration_s()); }

double StreamFacts::bitrate_bps() const { return ratio(8.0 * static_cast<double>(bytes), duration_s()); }

StreamFacts read_facts(cli::EventInput& input, std::optional<DamagedInput>& damage) {
  StreamFacts facts;
  facts.header = input.header();
  try {
    while (const auto block = input.reader().next()) {
      facts.events += block->events.size();
      facts.samples = static_cast<std::uint64_t>(block->end_samples);
    }
    facts.totals = input.reader().totals();
    facts.samples = facts.totals->length_samples;
  } catch (const DamagedInput& error) {
    damage = error;
  }
  facts.bytes = input.reader().bytes_read();
  return facts;
}

}  // namespace ictus::front
