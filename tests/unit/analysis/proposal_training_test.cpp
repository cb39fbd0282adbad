#include "lib/analysis/proposal_training.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "signals.hpp"

using namespace ictus::analysis;

TEST_CASE("training begins events nearer to sounds that nothing was learnt from, and does so again") {
  const auto& timbre = trained_model()->timbre;
  std::vector<ProposalLesson> lessons;
  for (int semitone = 0; semitone < 24; ++semitone) {
    const double hz = 130.0 * std::exp2(semitone / 12.0);
    const Stretch stretch(tone(0.8, 0.1, 4 + semitone % 5, [&](double) { return hz; }));
    lessons.push_back(proposal_lesson(stretch, {timbre}, 1));
    REQUIRE(!lessons.back().proposals.empty());
  }
  const auto train = [&](std::vector<ProposalProgress>& told) {
    ProposalNetwork network = first_proposals(lessons, timbre, 2);
    train_proposals(network, timbre, lessons, {300, 2},
                    [&](const ProposalProgress& progress) { told.push_back(progress); });
    return network;
  };
  std::vector<ProposalProgress> told, told_again;
  const ProposalNetwork network = train(told);
  REQUIRE(told.size() > 2);
  CHECK(told.front().guessed_db == told.back().guessed_db);
  CHECK(told.back().begun_db < 0.7F * told.front().begun_db);
  CHECK(told.back().begun_db < told.back().guessed_db);
  const ProposalNetwork again = train(told_again);
  CHECK(std::equal(again.weights().begin(), again.weights().end(), network.weights().begin()));
}
