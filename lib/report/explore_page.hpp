// A piece as one web page, on which each of its events can be seen, heard and edited.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "lib/report/colour_map.hpp"
#include "lib/report/event_sounds.hpp"

namespace ictus::report {

struct ExploreEvent {
  double onset_s;
  double gain_db;
  double loudness_db;  ///< of its sound; the area of its disc
  double duration_s;   ///< how long it is audible
  double decay_s;
  double pitch_hz;   ///< 0: none
  std::string note;  ///< such as "A4"; may be empty
  double place;      ///< from 0 to 1, bottom to top: similar sounds lie near each other
  Colour colour;
};

struct ExplorePage {
  std::string title;
  std::vector<std::string> facts;  ///< short sentences below the title
  double length_s = 0.0;           ///< of the piece; events cannot be moved beyond it
  std::vector<ExploreEvent> events;
  EncodedSounds sounds;       ///< of the events, in their order
  std::string mix_opus;       ///< the whole piece as Ogg Opus; without it the events are played
  std::string list;           ///< the events as `ictus dump` prints them, in UTF-8, in their order
  std::string list_name;      ///< what the edited list is saved as, such as "song.tsv"
  std::string place_caption;  ///< what `place` is, such as "similar sounds lie near each other (t-SNE)"
};

/// One HTML document in UTF-8 that needs nothing else: no network, no file beside it. All strings above
/// are plain text, whatever is in them. What is not finite is shown as unknown. The same page gives the
/// same bytes.
/// The list is tab-separated: a line of column names, one of them `onset_s`, and a line for each event;
/// lines that begin with # may stand anywhere. The page writes it anew with the onsets of moved events, in
/// the order of onsets, without muted events and, if some are soloed, with those alone; all else stays.
/// Throws std::logic_error if list, sounds and events are not equally many, or the list has no such column.
[[nodiscard]] std::string explore_page(const ExplorePage& page);

/// The bitrate for ogg_opus() (opus.hpp) of the whole piece.
constexpr double kMixKbitPerS = 20.0;

/// The bitrate for EventSounds, from 6 to 28 kbit/s, with which a page stays below 3 MB for each minute of
/// the piece, or for the first. `sounds_s` is how long the sounds of all events are together; if that is more
/// than about 30 times the piece, not even 6 kbit/s are little enough.
[[nodiscard]] double sounds_kbit_per_s(double sounds_s, std::size_t events, double length_s,
                                       std::string_view list);

}  // namespace ictus::report
