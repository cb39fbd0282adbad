// ictus-train-events timbre: the network that makes the sound of an event of its numbers.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "apps/train-events/sounds.hpp"
#include "apps/train-events/train_events.hpp"
#include "lib/analysis/explain.hpp"
#include "lib/synthesis/timbre_file.hpp"

namespace ictus::training {

using namespace analysis;

namespace {

/// One event for the first look, then twice as many at each, up to ten a second, or as many as asked for.
std::vector<Look> free_looks(std::size_t samples, int most) {
  constexpr double kEventsASecond = 10.0;
  const auto by_length = static_cast<int>(kEventsASecond * static_cast<double>(samples) / kRateHz);
  int left = std::max(most > 0 ? std::min(most, by_length) : by_length, 1);
  std::vector<Look> looks;
  for (int events = std::max(left / 16, 1); left > 0; events *= 2) {
    const int some = std::min(events, left);
    left -= some;
    looks.push_back({some, left > 0 ? 30 : 60});
  }
  return looks;
}

}  // namespace

void train_timbre_on(const TimbreWords& words) {
  std::vector<TimbreClip> clips;
  for (const std::string& path : words.inputs) {
    const std::vector<float> samples = read(path);
    if (!is_usable(samples)) {
      tell_left_out(path);
      continue;
    }
    const Stretch stretch(samples);
    clips.push_back({stretch.target.sound(),
                     explain_freely(stretch, free_looks(samples.size(), words.most_events), false)});
  }
  if (clips.empty()) refuse_silence();
  synthesis::TimbreNetwork network = first_network(clips, words.training.seed);
  const auto save_at = [&](int step) {
    save(words.output, synthesis::write_timbre(network, {{"steps", std::to_string(step)},
                                                         {"clips", std::to_string(clips.size())},
                                                         {"seed", std::to_string(words.training.seed)}}));
  };
  train_timbre(network, clips, words.training, [&](const TimbreProgress& progress) {
    fmt::print(stderr, "step {}: freely {:.3f} dB, by numbers {:.3f} dB, in steps {:.3f} dB\n", progress.step,
               progress.free_db, progress.network_db, progress.quantised_db);
    save_at(progress.step);
  });
  save_at(words.training.steps);
}

}  // namespace ictus::training
