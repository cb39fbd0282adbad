// What load_model() makes: for the inside of this folder and for training.
#pragma once

#include <memory>
#include <string>

#include "formats/event_stream.hpp"
#include "models/events/model.hpp"

namespace ictus::events {

class LoadedModel {
 public:
  std::string id;
  formats::WeightsHash hash{};
  std::shared_ptr<models::EventModel> model;  ///< weights are never changed after loading
};

}  // namespace ictus::events
