// Prints what the C++ reader finds in event streams, in the form of read_evs.py, one line per file.
//
//     evs_json FILE...       reads
//     evs_json --write DIR   writes sample streams into DIR, each with what it holds beside it as JSON

#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "formats/event_stream.hpp"
#include "tests/unit/formats/stream_helpers.hpp"

namespace {

using namespace ictus;
using namespace ictus::formats;
using nlohmann::json;

json json_of(const EventStreamHeader& header) {
  std::string hash;
  for (const std::uint8_t byte : header.weights_hash) {
    hash += "0123456789abcdef"[byte >> 4U];
    hash += "0123456789abcdef"[byte & 15U];
  }
  json tags = json::array();
  for (const auto& [field, value] : header.tags) tags.push_back({field, value});
  return {{"model_id", header.model_id},
          {"weights_hash", hash},
          {"tags", tags},
          {"original_sample_rate_hz", header.original_sample_rate_hz},
          {"original_channels", header.original_channels},
          {"sample_rate_hz", header.sample_rate_hz},
          {"precision", header.precision == Precision::float32 ? "float32" : "quantised"}};
}

json json_of(const EventBlock& block) {
  json events = json::array();
  for (const Event& event : block.events) {
    events.push_back({event.onset_samples, event.gain_db, event.vector});
  }
  return {{"end_samples", block.end_samples}, {"events", events}};
}

json json_of(const EventStreamTotals& totals) {
  return {{"events", totals.events},
          {"length_samples", totals.length_samples},
          {"original_length_samples", totals.original_length_samples}};
}

json json_of(const testing::Reading& reading) {
  json found = {{"result", reading.error.empty() ? "complete"
                           : reading.damaged     ? "damaged"
                                                 : "refused"},
                {"blocks", json::array()}};
  if (!reading.error.empty()) found["error"] = reading.error;
  if (reading.header) found["header"] = json_of(*reading.header);
  for (const EventBlock& block : reading.blocks) found["blocks"].push_back(json_of(block));
  if (reading.totals) found["totals"] = json_of(*reading.totals);
  return found;
}

int read_files(std::span<char*> paths) {
  for (const char* path : paths) {
    std::ifstream file(path, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    std::cout << json_of(testing::read(std::as_bytes(std::span(bytes)))).dump() << '\n';
  }
  return std::cout.flush() ? 0 : 1;
}

int write_samples(const std::string& directory) {
  for (std::uint64_t seed = 0; seed < 24; ++seed) {
    const Precision precision = seed % 2 == 0 ? Precision::quantised : Precision::float32;
    const std::int64_t span_samples = seed % 3 == 0 ? 65536 : seed % 3 == 1 ? 100 : std::int64_t{1} << 35U;
    testing::Stream stream = testing::random_stream(seed, precision, seed % 5, 80, span_samples);
    if (seed % 4 >= 2) {
      // What a network makes is not spread evenly; give Zstandard something to do.
      for (EventBlock& block : stream.blocks) {
        for (Event& event : block.events) {
          for (float& value : event.vector) value = value * value * value * value * value;
        }
      }
    }
    testing::Reading content{stream.header, {}, stream.totals, {}, false};
    for (const EventBlock& block : stream.blocks) {
      content.blocks.push_back(testing::quantised(block, precision));
    }
    const std::string path = directory + "/sample-" + std::to_string(seed);
    const testing::Bytes bytes = testing::written(stream);
    std::ofstream(path + ".evs", std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    std::ofstream(path + ".json") << json_of(content).dump() << '\n';
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::span<char*> arguments(argv + 1, static_cast<std::size_t>(argc - 1));
  if (arguments.size() == 2 && std::string_view(arguments[0]) == "--write")
    return write_samples(arguments[1]);
  return read_files(arguments);
}
