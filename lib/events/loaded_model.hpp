// What load_model() makes: for the inside of this folder and for training.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "formats/event_stream.hpp"
#include "models/events/model.hpp"

namespace ictus::events {

class LoadedModel {
 public:
  formats::WeightsHash hash{};
  std::size_t bytes = 0;
  std::map<std::string, std::string> metadata;
  std::shared_ptr<models::EventModel> model;  ///< weights are never changed after loading
};

}  // namespace ictus::events
