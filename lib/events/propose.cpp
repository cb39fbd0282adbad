#include "lib/events/propose.hpp"

#include <algorithm>
#include <vector>

#include "models/events/distance.hpp"

namespace ictus::events {

models::Proposal propose(models::EventModel& model, const models::PowerMaps& sound,
                         const models::PowerMaps& carried, int most_events, double close_enough_db,
                         std::size_t first_look) {
  const auto& c = model.config;
  const torch::TensorOptions options = sound.fine.options();
  const std::int64_t batch = sound.fine.size(0);
  std::vector<models::Proposal> looks{{torch::zeros({batch, 0, kEventVectorSize}, options),
                                       torch::zeros({batch, 0}, options), torch::zeros({batch, 0}, options)}};
  models::PowerMaps explained = carried;
  std::size_t look = first_look;
  for (int proposed = 0; proposed < most_events;) {
    const auto is_explained = [&] {
      const models::Distance off = models::distance(model.bands, sound, explained, c.hop_frames(), 0);
      return off.fine_db.max().item<double>() < close_enough_db;
    };
    if (close_enough_db > 0.0 && is_explained()) break;
    // Beyond the looks of training, more like the last.
    const int events =
        std::min(c.look_events[std::min(look++, c.look_events.size() - 1)], most_events - proposed);
    looks.push_back(model.encoder->propose(sound, explained, events));
    const models::Proposal& next = looks.back();
    explained = explained + model.render(model.decoder->shape(next.vectors), torch::exp(next.log_gain),
                                         next.onset_samples, sound.fine.size(2));
    proposed += events;
  }
  return models::joined(looks);
}

}  // namespace ictus::events
