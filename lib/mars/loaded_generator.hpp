// What load_generator() makes: for the inside of this folder.
#pragma once

#include <memory>

#include "lib/weights/weights_facts.hpp"
#include "models/mars/generator.hpp"

namespace ictus::mars {

class LoadedGenerator : public WeightsFacts {
 public:
  models::GeneratorConfig config;
  torch::Device device = torch::kCPU;
  std::shared_ptr<models::GeneratorImpl> model;  ///< weights are never changed after loading
};

}  // namespace ictus::mars
