// Pictures of event streams, one for each: named, drawn by whoever can, written.
#pragma once

#include <functional>
#include <string>

#include "apps/cli/event_input.hpp"
#include "apps/cli/streams.hpp"
#include "apps/options/options.hpp"
#include "lib/plot/picture_format.hpp"

namespace ictus::cli {

/// What is drawn.
struct PlotInput {
  EventInput& stream;
  std::vector<Event> events;  ///< at least one
  std::string title;

  [[nodiscard]] double duration_s() const;
};

/// The bytes of a picture.
using Draw = std::function<std::string(const PlotInput& input, const plot::PictureFormat& format)>;

/// Draws all inputs. Returns the exit status.
int plot(const options::PlotOptions& options, const Draw& draw, const Streams& streams);

}  // namespace ictus::cli
