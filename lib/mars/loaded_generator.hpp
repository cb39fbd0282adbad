// What load_generator() makes: for the inside of this folder.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "formats/token_pyramid.hpp"
#include "models/mars/generator.hpp"

namespace ictus::mars {

class LoadedGenerator {
 public:
  formats::WeightsHash hash{};
  std::size_t bytes = 0;
  std::map<std::string, std::string> metadata;
  models::GeneratorConfig config;
  torch::Device device = torch::kCPU;
  std::shared_ptr<models::GeneratorImpl> model;  ///< weights are never changed after loading
};

}  // namespace ictus::mars
