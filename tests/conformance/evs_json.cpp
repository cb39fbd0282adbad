// Prints what the C++ reader finds in event streams, in the form of read_evs.py, one line per file.
//
//     evs_json FILE...       reads
//     evs_json --write DIR   writes sample streams into DIR, each with what it holds beside it as JSON

#include "formats/event_stream.hpp"
#include "json_helpers.hpp"
#include "tests/unit/formats/stream_helpers.hpp"

namespace {

using namespace ictus;
using namespace ictus::formats;
using nlohmann::json;

const char* name_of(Precision precision) { return precision == Precision::float32 ? "float32" : "coded"; }

json json_of(const std::vector<NumberName>& names) {
  if (names == standard_names()) return "standard";
  json list = json::array();
  for (const NumberName& n : names) list.push_back({n.name, n.unit, n.low, n.high, n.is_ratio});
  return list;
}

json json_of(const EventStreamHeader& header) {
  const EventCoding& coding = header.coding;
  json result = {{"model_id", header.model_id},
                 {"weights_hash", testing::hex(header.weights_hash)},
                 {"tags", testing::json_of(header.tags)},
                 {"original_sample_rate_hz", header.original_sample_rate_hz},
                 {"original_channels", header.original_channels},
                 {"channels", header.channels},
                 {"sample_rate_hz", header.sample_rate_hz},
                 {"names", json_of(header.names)},
                 {"precision", name_of(coding.precision)}};
  if (coding.precision == Precision::coded) {
    result["vector_steps"] = coding.vector_steps;
    if (coding.vector_steps == standard_steps()) result["vector_steps"] = "standard";
    result["gain_step_centibels"] = coding.gain_step_centibels;
    result["onset_step_samples"] = coding.onset_step_samples;
  }
  return result;
}

json json_of(const EventBlock& block) {
  json events = json::array();
  for (const Event& event : block.events) {
    events.push_back({event.onset_samples, event.gain_db, event.vector});
  }
  return {{"end_samples", block.end_samples}, {"events", events}};
}

json json_of(const EventStreamTotals& totals) {
  return testing::json_of_totals("events", totals.events, totals);
}

json json_of(const testing::Reading& reading) {
  return testing::json_of_reading(reading, "blocks", reading.blocks,
                                  [](const auto& part) { return json_of(part); });
}

void write_samples(const std::string& directory) {
  VectorSteps rising{};
  for (std::size_t d = 0; d < rising.size(); ++d) rising[d] = static_cast<std::uint16_t>(1 + d * d / 4);
  const EventCoding codings[] = {
      {.vector_steps = standard_steps()},
      testing::kFloat32,
      testing::kCoded,
      {.vector_steps = rising, .gain_step_centibels = 7, .onset_step_samples = 1000}};
  for (std::uint64_t seed = 0; seed < 24; ++seed) {
    const EventCoding& coding = codings[seed % 4];
    const std::int64_t span_samples = seed % 3 == 0 ? 65536 : seed % 3 == 1 ? 100 : std::int64_t{1} << 35U;
    testing::Stream stream = testing::random_stream(seed, coding, seed % 5, 40, span_samples);
    stream.header.channels = static_cast<std::uint16_t>(1 + seed % 2);
    if (seed % 5 == 1) stream.header.names.clear();
    if (seed % 5 == 2)
      stream.header.names = {{"pitch", "Hz", 0.1F, 1e30F, true}, {"x", "a b", -0.3F, 0.7F, false}};
    if (seed / 4 % 2 == 1) {
      // What a network makes is not spread evenly; give Zstandard and the model something to do.
      for (EventBlock& block : stream.blocks) {
        for (Event& event : block.events) {
          for (float& value : event.vector) value = value * value * value * value * value;
        }
      }
    }
    const testing::Reading content{
        stream.header, testing::quantised(stream.blocks, coding), stream.totals, {}, false};
    testing::write_sample(directory, seed, ".evs", testing::written(stream), json_of(content));
  }
}

}  // namespace

int main(int argc, char** argv) {
  return testing::read_or_write(
      argc, argv, [](auto bytes) { return json_of(testing::read(bytes)); }, write_samples);
}
