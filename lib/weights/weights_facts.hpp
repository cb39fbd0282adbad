// What is known of weights beside the network that they are of.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "formats/token_pyramid.hpp"
#include "lib/weights/tensor_file.hpp"

namespace ictus {

struct WeightsFacts {
  formats::WeightsHash hash{};
  std::size_t bytes = 0;  ///< of the file
  std::map<std::string, std::string> metadata;

  void take_facts(const StoredTensors& stored) {
    hash = stored.hash;
    bytes = stored.bytes;
    metadata = stored.file.metadata;
  }
};

}  // namespace ictus
