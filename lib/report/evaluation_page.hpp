// The report of an evaluation as one web page that can be looked at and listened to anywhere.
#pragma once

#include <string>
#include <vector>

#include "lib/report/sound_figure.hpp"

namespace ictus::report {

struct Neighbour {
  Sound sound;
  double distance;
};

struct GeneratedClip {
  Sound sound;
  std::string asked;  ///< what was asked for, such as "brass C4, velocity 100"
  std::string heard;  ///< what the judge heard, in the same words
  bool agrees;
  std::vector<Neighbour> nearest;  ///< the training notes nearest to it, nearest first
};

struct MetricLine {
  std::string name;
  std::string value;
  std::string interval;    ///< such as "0.61 to 0.72"; may be empty
  std::string meaning;     ///< a sentence or two
  std::string parameters;  ///< how it was computed, one per line; may be empty
};

struct EvaluationPage {
  std::string title;
  std::vector<MetricLine> metrics;
  std::vector<std::string> facts;  ///< short sentences below the title: what was evaluated, and when
  std::vector<GeneratedClip> clips;
  std::vector<Sound> reference;  ///< some real notes, to know what they sound like
};

/// One HTML document in UTF-8 that needs nothing else: no network, no file beside it. All strings above
/// are plain text, whatever is in them. Sounds go in as Ogg Opus, about 4 kB a second, and pictures as
/// PNG. The same page gives the same bytes.
/// Throws ictus::Error if a sound has no samples or a rate that picture and Opus cannot have
/// (spectrogram.hpp, opus.hpp).
std::string evaluation_page(const EvaluationPage& page);

}  // namespace ictus::report
