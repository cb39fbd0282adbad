// What load_tokenizer() makes: for the inside of this folder.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "formats/token_pyramid.hpp"
#include "models/mars/tokenizer.hpp"

namespace ictus::mars {

class LoadedTokenizer {
 public:
  formats::WeightsHash hash{};
  std::size_t bytes = 0;
  std::map<std::string, std::string> metadata;
  formats::PyramidShape shape;
  std::shared_ptr<models::Tokenizer> model;  ///< weights are never changed after loading
};

}  // namespace ictus::mars
