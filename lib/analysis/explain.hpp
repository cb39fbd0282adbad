// Explaining a stretch of sound by events: look at what is left, propose, fit, look again.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "lib/analysis/proposal_network.hpp"
#include "lib/analysis/stretch.hpp"
#include "lib/analysis/vector_fit.hpp"
#include "lib/synthesis/event_sound.hpp"

namespace ictus::analysis {

/// An event that seems to begin shortly before or after an attack begins with it: when that is, else the
/// onset.
[[nodiscard]] float onset_by_attacks(float onset_s, std::span<const float> attacks_s);

struct Look {
  int events;  ///< that it proposes at most
  int steps;   ///< of fitting all that are there by then
};

/// Looks that find so many events: the first one, each that follows twice as many. While they are few they
/// are fitted better, so that what one event can explain is not left to several.
std::vector<Look> looks_for(int events, int steps);

/// What is known of a stretch before it is looked at.
template <typename Event>
struct Known {
  PowerMaps carried;          ///< power that is explained already
  std::vector<Event> events;  ///< to begin with
};

struct ExplainSettings {
  std::vector<Look> looks;
  bool motion = true;            ///< whether pitches that move are followed
  float least_worth_db = 0.0F;   ///< of an event after a look, see worth.hpp; 0: all are kept
  float close_enough_db = 0.0F;  ///< a distance at which looking ends, if nothing is missing, see missing.hpp
  /// Where what was found comes so near, looks have to pay: they make up for these parts of the distance, as
  /// a whole or for each event that they may find, whichever is less. One that does not is the last, if
  /// nothing is missing then, and what it found is forgotten.
  float near_db = 0.0F;
  float least_gain = 0.0F, least_gain_each = 0.0F;
  bool however_soft = false;  ///< whether also what is as good as silence is looked for
  int threads = 1;
};

/// What events are made with.
struct EventNetworks {
  const synthesis::TimbreNetwork& timbre;
  const ProposalNetwork* proposals = nullptr;  ///< none: they begin with what is guessed
};

/// What was known and what as many looks found, by the numbers that will be written. In place of an event
/// that turned out to be worth nothing, the next look may find another. `proposals`, where there is one, gets
/// all that were made; VectorEvent::proposal counts them.
std::vector<VectorEvent> explain(const Stretch& stretch, Known<VectorEvent> known,
                                 const EventNetworks& networks, const ExplainSettings& settings,
                                 std::vector<Proposal>* proposals = nullptr);

/// The same by events whose envelopes are free, from nothing: before there is a network.
std::vector<synthesis::EventSound> explain_freely(const Stretch& stretch, std::span<const Look> looks,
                                                  bool motion);

/// A tone that stands out of what events explain, as an event to begin with, and by how much it does.
struct LackingTone {
  VectorEvent event;
  int band;  ///< of the fine view
  float excess_db;
};
/// The one that stands out most, if any does and it is no partial of the events; see lines.hpp.
std::optional<LackingTone> lacking_tone(const Stretch& stretch, const Known<VectorEvent>& known,
                                        const EventNetworks& networks);

}  // namespace ictus::analysis
