// JSON in the form of the readers in Python, for the programs of both formats.
#pragma once

#include <cstddef>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/blocks.hpp"
#include "tests/unit/formats/byte_helpers.hpp"

namespace ictus::formats::testing {

inline std::string hex(const WeightsHash& hash) {
  std::string text;
  for (const std::uint8_t byte : hash) {
    text += "0123456789abcdef"[byte >> 4U];
    text += "0123456789abcdef"[byte & 15U];
  }
  return text;
}

inline nlohmann::json json_of(const std::vector<std::pair<std::string, std::string>>& tags) {
  nlohmann::json list = nlohmann::json::array();
  for (const auto& [field, value] : tags) list.push_back({field, value});
  return list;
}

inline std::string result_name(const std::string& error, bool damaged) {
  return error.empty() ? "complete" : damaged ? "damaged" : "refused";
}

/// What a file holds by the name of its parts, and its lengths.
template <typename Totals>
nlohmann::json json_of_totals(const char* parts, std::uint64_t count, const Totals& totals) {
  return {{parts, count},
          {"length_samples", totals.length_samples},
          {"original_length_samples", totals.original_length_samples}};
}

/// All that a reading has in either format; `json_of` makes JSON of a header, of a part and of totals.
template <typename Reading, typename Part, typename JsonOf>
nlohmann::json json_of_reading(const Reading& reading, const char* name, const std::vector<Part>& parts,
                               JsonOf json_of) {
  nlohmann::json found = {{"result", result_name(reading.error, reading.damaged)},
                          {name, nlohmann::json::array()}};
  if (!reading.error.empty()) found["error"] = reading.error;
  if (reading.header) found["header"] = json_of(*reading.header);
  for (const Part& part : parts) found[name].push_back(json_of(part));
  if (reading.totals) found["totals"] = json_of(*reading.totals);
  return found;
}

/// Into "sample-NUMBER" with this suffix in the folder, and its content beside it.
inline void write_sample(const std::string& folder, std::uint64_t number, const std::string& suffix,
                         const Bytes& bytes, const nlohmann::json& content) {
  const std::string path = folder + "/sample-" + std::to_string(number);
  std::ofstream(path + suffix, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  std::ofstream(path + ".json") << content.dump() << '\n';
}

/// The programs' main(): `read` makes JSON of bytes, `write` puts samples into a folder.
template <typename Read, typename Write>
int read_or_write(int argc, char** argv, Read read, Write write) {
  const std::span<char*> arguments(argv + 1, static_cast<std::size_t>(argc - 1));
  if (arguments.size() == 2 && std::string_view(arguments[0]) == "--write") {
    write(std::string(arguments[1]));
    return 0;
  }
  for (const char* path : arguments) {
    std::ifstream file(path, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    std::cout << read(std::as_bytes(std::span(bytes))).dump() << '\n';
  }
  return std::cout.flush() ? 0 : 1;
}

}  // namespace ictus::formats::testing
