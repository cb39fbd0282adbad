// What load_tokenizer() makes: for the inside of this folder.
#pragma once

#include <memory>

#include "formats/token_pyramid.hpp"
#include "lib/weights/weights_facts.hpp"
#include "models/mars/tokenizer.hpp"

namespace ictus::mars {

class LoadedTokenizer : public WeightsFacts {
 public:
  formats::PyramidShape shape;
  std::shared_ptr<models::Tokenizer> model;  ///< weights are never changed after loading
};

}  // namespace ictus::mars
