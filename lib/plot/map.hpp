// Events over time, with similar ones beside each other.
#pragma once

#include <string>
#include <vector>

#include "lib/plot/picture_format.hpp"
#include "lib/report/colour_map.hpp"

namespace ictus::plot {

struct MapEvent {
  double onset_s;
  double gain_db;         ///< what is not finite is drawn as if very quiet
  double place;           ///< 0 (below) .. 1, of line_up()
  report::Colour colour;  ///< of colours()
};

struct Map {
  std::string title;  ///< any bytes; shortened where it is too long
  double duration_s;  ///< where the time axis ends, or later if an event begins later
  bool by_tsne;       ///< whether the places are those of t-SNE; otherwise of PCA
  std::vector<MapEvent> events;
};

/// The bytes of a file: a disc for each event, its area its gain, with axes and legend. The same map
/// gives the same bytes.
/// Throws ictus::Error if there are no events, or for a size that is not allowed.
[[nodiscard]] std::string map(const Map& map, const PictureFormat& format);

}  // namespace ictus::plot
