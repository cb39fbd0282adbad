#include "lib/events/worth.hpp"

#include <algorithm>
#include <cmath>
#include <queue>

namespace ictus::events {
namespace {

/// What one view says of all events together and of each by itself.
class ViewOfEvents {
 public:
  /// `sound` and `carried` [1, bands, T], `alone` [E, bands, T].
  ViewOfEvents(const torch::Tensor& sound, const torch::Tensor& carried, const torch::Tensor& alone)
      : bins_(sound.numel()), alone_(alone.to(torch::kCPU).contiguous()) {
    const torch::Tensor all = (carried + alone.sum(0, true)).to(torch::kCPU).contiguous();
    const torch::Tensor level = models::level_db(sound).to(torch::kCPU).contiguous();
    all_.assign(all.data_ptr<float>(), all.data_ptr<float>() + bins_);
    sound_db_.assign(level.data_ptr<float>(), level.data_ptr<float>() + bins_);
    off_db_.resize(all_.size());
    for (std::size_t i = 0; i < all_.size(); ++i) off_db_[i] = off_db(i, all_[i]);
  }

  /// How much farther from the sound the rest is without event `e`, in dB.
  [[nodiscard]] double worth_db(std::int64_t e) const {
    const float* alone = alone_.data_ptr<float>() + e * bins_;
    double sum = 0.0;
    for (std::size_t i = 0; i < all_.size(); ++i)
      if (is_heard(alone[i], all_[i])) sum += off_db(i, all_[i] - alone[i]) - off_db_[i];
    return sum / static_cast<double>(bins_);
  }

  void leave_out(std::int64_t e) {
    const float* alone = alone_.data_ptr<float>() + e * bins_;
    for (std::size_t i = 0; i < all_.size(); ++i) {
      all_[i] = std::max(0.0F, all_[i] - alone[i]);
      if (is_heard(alone[i], all_[i])) off_db_[i] = off_db(i, all_[i]);
    }
  }

 private:
  /// Whether an event makes a difference of more than some hundredths of a dB.
  static bool is_heard(float alone, float all) {
    return alone > 0.005F * (all + static_cast<float>(models::kPowerFloor));
  }
  [[nodiscard]] float off_db(std::size_t bin, float power) const {
    const float level = 10.0F * std::log10(std::max(power, 0.0F) + static_cast<float>(models::kPowerFloor));
    return std::abs(level - sound_db_[bin]);
  }

  std::int64_t bins_;
  torch::Tensor alone_;
  std::vector<float> all_, sound_db_, off_db_;
};

}  // namespace

std::vector<WorthyEvent> worthy_events(models::EventModel& model, const models::PowerMaps& sound,
                                       const models::PowerMaps& carried, const models::Proposal& proposal,
                                       std::int64_t frames, std::size_t most, double least_db) {
  torch::NoGradGuard no_grad;
  // Each event by itself: events become the batch.
  const models::PowerMaps alone =
      model.render(model.decoder->shape(proposal.vectors.transpose(0, 1)), torch::exp(proposal.log_gain).t(),
                   proposal.onset_samples.t(), frames);  // [E, bands, T]
  const models::PowerMaps target = sound.frames(0, frames);
  const models::PowerMaps given = carried.frames(0, frames);
  ViewOfEvents fine(target.fine, given.fine, alone.fine);
  ViewOfEvents coarse(target.coarse, given.coarse, alone.coarse);
  const auto worth_of = [&](std::int64_t e) { return fine.worth_db(e) + coarse.worth_db(e); };

  // What an event is worth changes with every other that goes, mostly upwards; so the least is looked at
  // again before it goes.
  const auto more = [](const WorthyEvent& a, const WorthyEvent& b) {
    return a.worth_db != b.worth_db ? a.worth_db > b.worth_db : a.index > b.index;
  };
  std::priority_queue<WorthyEvent, std::vector<WorthyEvent>, decltype(more)> least_first(more);
  for (std::int64_t e = 0; e < proposal.log_gain.size(1); ++e) least_first.push({e, worth_of(e)});
  while (!least_first.empty()) {
    const bool too_many = least_first.size() > most;
    if (!too_many && least_first.top().worth_db >= least_db) break;
    const std::int64_t e = least_first.top().index;
    least_first.pop();
    const double now = worth_of(e);
    if (!too_many && now >= least_db) {
      least_first.push({e, now});
    } else if (!least_first.empty() && now > least_first.top().worth_db) {
      least_first.push({e, now});
    } else {
      fine.leave_out(e);
      coarse.leave_out(e);
    }
  }
  std::vector<WorthyEvent> kept;
  for (; !least_first.empty(); least_first.pop()) kept.push_back(least_first.top());
  std::reverse(kept.begin(), kept.end());
  return kept;
}

}  // namespace ictus::events
