// A piece as one web page, which renders it: each of its events can be seen, heard and changed there.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/report/colour_map.hpp"

namespace ictus::report {

struct ExploreEvent {
  double onset_samples;
  double gain_db;
  std::array<float, 32> vector;
  double loudness_db;  ///< of its sound
  double duration_s;   ///< how long it is audible
  int partial;         ///< at which it is heard; 0: it has no pitch
  double place;        ///< from 0 to 1, bottom to top: similar sounds lie near each other
  Colour colour;
};

/// A number of an event's vector: from -1, `low`, to 1, `high`.
struct ExploreNumber {
  std::string name;  ///< empty for those of the timbre
  std::string unit;
  double low = -1.0;
  double high = 1.0;
  bool is_ratio = false;  ///< equal steps are equal ratios
  int steps = 0;          ///< how many values it has; 0: any
};

struct ExplorePage {
  std::string title;
  std::vector<std::string> facts;  ///< short sentences below the title
  double sample_rate_hz = 44100.0;
  int channels = 1;
  double length_samples = 0.0;  ///< of the piece
  std::vector<ExploreEvent> events;
  std::vector<ExploreNumber> numbers;  ///< 32 of them
  double gain_step_db = 0.0;           ///< 0: any gain
  std::string list_head, list_tail;    ///< lines of the list above and below those of the events
  std::string list_name;               ///< what the edited list is saved as, such as "song.tsv"
  std::string midi_title;              ///< of a MIDI file that is saved
  std::string place_caption;       ///< what `place` is, such as "similar sounds lie near each other (t-SNE)"
  double block_samples = 0.0;      ///< of the blocks that the module renders,
  double lag_samples = 0.0;        ///< which begin by so much before multiples of that
  std::string_view player;         ///< the module that renders (lib/player), gzipped, in base64
  std::span<const float> weights;  ///< of the network of timbres, as the module takes them
};

/// One HTML document in UTF-8 that needs nothing else: no network, no file beside it. All strings above
/// are plain text, whatever is in them. The same page gives the same bytes.
/// The page writes lists as `ictus dump` does: columns of event, onset_s, gain_db and v0 to v31, with tabs
/// between them, in order of onset.
/// Throws std::logic_error where there are not 32 numbers.
[[nodiscard]] std::string explore_page(const ExplorePage& page);

}  // namespace ictus::report
