// ictus-train-events proposals: the network that says with which numbers events begin to be fitted.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <span>

#include "apps/train-events/simple_sounds.hpp"
#include "apps/train-events/sounds.hpp"
#include "apps/train-events/train_events.hpp"
#include "lib/analysis/proposal_network_file.hpp"
#include "lib/core/file_bytes.hpp"
#include "lib/synthesis/event_model.hpp"

namespace ictus::training {

using namespace analysis;

namespace {

/// Stretches of a file that are explained by themselves.
std::vector<std::vector<float>> clips_of(const std::string& path, int most) {
  constexpr std::size_t kClipSamples = 6 * kRateHz;
  const std::vector<float> samples = read(path);
  std::vector<std::vector<float>> clips;
  for (std::size_t at = 0; at < samples.size() && std::ssize(clips) < most; at += kClipSamples) {
    const auto clip = std::span(samples).subspan(at, std::min(kClipSamples, samples.size() - at));
    if (is_usable(clip)) clips.emplace_back(clip.begin(), clip.end());
  }
  if (clips.empty()) tell_left_out(path);
  return clips;
}

}  // namespace

void train_proposals_on(const ProposalWords& words) {
  const auto model =
      synthesis::event_model_from(file_bytes(words.model, synthesis::kModelRemedy), words.model);
  const auto lessons_by = [&](const ProposalNetwork* network) {
    std::vector<ProposalLesson> lessons;
    const auto add = [&](const std::vector<float>& clip) {
      lessons.push_back(proposal_lesson(Stretch(clip), {model->timbre, network}, words.threads));
    };
    for (const std::string& path : words.inputs)
      for (const std::vector<float>& clip : clips_of(path, words.most_clips)) add(clip);
    if (lessons.empty()) refuse_silence();
    for (const std::vector<float>& clip : simple_sounds(words.simple, kRateHz, words.training.seed))
      add(clip);
    return lessons;
  };
  // What is left when an event is proposed depends on how those before it were begun: so once as they are
  // guessed, shortly, and once as they are learnt by then.
  ProposalNetwork network;
  const auto train_on = [&](const std::vector<ProposalLesson>& lessons, int steps, const char* round) {
    train_proposals(network, model->timbre, lessons, {steps, words.training.seed},
                    [&](const ProposalProgress& progress) {
                      fmt::print(stderr, "{} round, step {}: as guessed {:.3f} dB, as begun {:.3f} dB\n",
                                 round, progress.step, progress.guessed_db, progress.begun_db);
                    });
    save(words.output, write_proposals(network, model->hash,
                                       {{"steps", std::to_string(words.training.steps)},
                                        {"clips", std::to_string(lessons.size())},
                                        {"seed", std::to_string(words.training.seed)}}));
  };
  {
    const std::vector<ProposalLesson> lessons = lessons_by(nullptr);
    network = first_proposals(lessons, model->timbre, words.training.seed);
    train_on(lessons, std::max(words.training.steps / 5, 1), "first");
  }
  const ProposalNetwork first = network;
  train_on(lessons_by(&first), words.training.steps, "second");
}

}  // namespace ictus::training
