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

inline void write_sample(const std::string& path, const Bytes& bytes, const nlohmann::json& content) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  std::ofstream(path.substr(0, path.rfind('.')) + ".json") << content.dump() << '\n';
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
