// Finding a phase for a spectrogram of magnitudes, as a stream.
#pragma once

#include <functional>
#include <span>

#include "lib/dsp/starting_phase.hpp"
#include "lib/dsp/torch_compat.hpp"

namespace ictus::dsp {

struct PhaseSettings {
  int window_samples = 2048;
  int hop_samples = 512;
  StartingPhase start = StartingPhase::peaks;
  int iterations = 16;  ///< of fast Griffin-Lim per chunk
  double momentum = 0.99;
  int chunk_frames = 64;     ///< finished together
  int lookahead_frames = 8;  ///< seen beyond a chunk before it is finished
};

/// Magnitudes in, samples out. Work is done in chunks at fixed places, so the samples do not depend
/// on how the frames arrive.
///
/// Each chunk starts from phases that continue those of the chunk before (starting_phase.hpp) and is improved
/// by fast Griffin-Lim (Perraudin, Balazs and Sondergaard 2013) with the finished frames to its left held
/// fast.
class PhaseStream {
 public:
  using Emit = std::function<void(std::span<const float>)>;
  PhaseStream(const PhaseSettings& settings, Emit emit);

  /// Magnitudes [T, window / 2 + 1] of windows whose squares sum to 1. The first sample that comes
  /// out lies at the centre of the first frame.
  void push(const torch::Tensor& magnitudes);
  /// Finishes the frames that are left: n frames give n * hop - window / 2 samples in all.
  void finish();

 private:
  void finish_chunk(std::int64_t chunk_frames);

  PhaseSettings settings_;
  Emit emit_;
  torch::Tensor pending_;  // [frames, bins], magnitudes that wait
  torch::Tensor done_;     // [left frames, bins], complex spectra of finished frames
  KnownFrame before_;      // the last finished frame
  torch::Tensor tail_;     // overlap-add of finished frames that later frames will add to
  std::int64_t frames_done_ = 0;
};

}  // namespace ictus::dsp
