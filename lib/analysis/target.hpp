// How far an explanation is from a sound, and which way is nearer.
#pragma once

#include <utility>
#include <vector>

#include "lib/synthesis/band_view.hpp"

namespace ictus::analysis {

/// The two views in which events are fitted.
struct Views {
  synthesis::BandView fine;    ///< a long window, which keeps partials apart
  synthesis::BandView coarse;  ///< a short one, which keeps moments apart; hops twice as often
};
/// For sound of 44.1 kHz: 93 ms and 23 ms.
const Views& views();
/// The same for every second or fourth frame: neighbours are much alike.
const Views& thinned_views(int every);

/// Of the loudest power: what of an event is weaker is not rendered.
inline constexpr float kNegligible = 1e-8F;

inline constexpr int kCoarsePerFine = 2;  ///< frames of the coarse view for each of the fine one

struct PowerMaps {
  synthesis::PowerMap fine, coarse;

  /// Frames [first, last) of the fine view, and those of the coarse one.
  [[nodiscard]] PowerMaps between(int first, int last) const;
  /// Frame `first` of the fine view and each that is a multiple of `every` later, and as much of the coarse
  /// one.
  [[nodiscard]] PowerMaps thinned(int first, int every = 2) const;
  /// What is left of a sum can be below 0 by rounding.
  void hold_positive();
};

/// A sound to be explained, in both views.
class Target {
 public:
  /// What each part of the distance counts.
  struct Weights {
    float bands = 0.5F;        ///< mean |difference| in dB, of fine bands
    float mel = 0.5F;          ///< of mel bands, as wide as the ear's
    float coarse = 1.0F;       ///< of coarse bands
    float convergence = 2.0F;  ///< |difference of magnitudes| / |magnitudes| (Arik et al. 2019)
    float loudness =
        1.0F;  ///< |difference| in dB of thirds of an octave over 93 ms, weighted as loudness goes
  };

  /// Maps of views(), or thinned to one frame in `every`. What lies far below the loudest band and frame, or
  /// below `loudest` where something before was louder, is as good as silence.
  Target(PowerMaps sound, const Weights& weights, float loudest = 0.0F, int every = 1);

  /// The distance in dB; `slope`, the gradient by the explained power, is written.
  float distance(const PowerMaps& explained, PowerMaps& slope) const;

  /// What a distance is made of, which can be summed over stretches of frames.
  struct Sums {
    double weighted_db = 0.0;  ///< all parts but convergence
    double off_square = 0.0;   ///< of magnitudes
    Sums& operator+=(const Sums& other) {
      weighted_db += other.weighted_db;
      off_square += other.off_square;
      return *this;
    }
  };
  /// Of the frames from `first` on, block by block of the loudness; `explained` are theirs alone. Both begin
  /// and end with a block, see whole_blocks().
  [[nodiscard]] std::vector<Sums> block_sums(const PowerMaps& explained, int first) const;
  /// The same, summed.
  [[nodiscard]] Sums sums(const PowerMaps& explained, int first) const;
  [[nodiscard]] float distance(const Sums& sums) const;
  /// |difference of magnitudes| / |magnitudes|, in fine bands.
  [[nodiscard]] float convergence(const PowerMaps& explained) const;
  /// The frames [first, last) and what belongs to the same blocks.
  [[nodiscard]] std::pair<int, int> whole_blocks(int first, int last) const;

  [[nodiscard]] const PowerMaps& sound() const { return sound_; }
  [[nodiscard]] const Weights& weights() const { return weights_; }
  [[nodiscard]] int block_frames() const { return block_frames_; }
  [[nodiscard]] int frames() const { return sound_.fine.frames; }
  /// Power of the loudest band and frame.
  [[nodiscard]] float loudest() const { return loudest_; }
  /// The same of all so far, or of what would be as good as silence.
  [[nodiscard]] float peak() const { return peak_; }

 private:
  PowerMaps sound_;
  Weights weights_;
  int block_frames_;
  float loudest_, peak_, fine_floor_, mel_floor_, coarse_floor_, third_floor_;
  std::vector<float> fine_db_, mel_db_, coarse_db_;  ///< levels
  float magnitude_norm_;
  std::vector<float> third_db_, third_weight_;  ///< [thirds, blocks]
};

}  // namespace ictus::analysis
