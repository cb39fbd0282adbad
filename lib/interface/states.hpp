// What objects of the interface hold.
#pragma once

#include <memory>

#include "formats/event_stream.hpp"
#include "lib/synthesis/event_model.hpp"

namespace ictus::events {

struct HeaderState {
  formats::EventStreamHeader header;
};

struct ModelState {
  std::shared_ptr<const synthesis::EventModel> model;
};

}  // namespace ictus::events
