// What mix and cat have in common: several event streams become one.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/cli/event_input.hpp"
#include "apps/cli/event_output.hpp"
#include "apps/cli/reporter.hpp"
#include "apps/options/options.hpp"

namespace ictus::front {

/// Where the inputs and the output are.
struct Paths {
  std::vector<std::string> inputs;
  std::string output;
};

/// Checks what can be said before anything is read: the inputs are there, and the output is not one of them.
Paths plan(const std::vector<std::string>& inputs, const options::OutputOptions& output,
           const cli::Streams& streams);

/// The header of the first, with steps and channels in which what stands in all inputs can stand; also checks
/// that they are of one model.
formats::EventStreamHeader header_of_all(const std::vector<std::unique_ptr<cli::EventInput>>& inputs);

/// Throws the first damage when nothing was sound.
void require_events(const cli::EventOutput& output, const std::vector<std::optional<DamagedInput>>& damages);

/// Tells damage of any input; the output holds what was sound. Returns the exit status.
int tell_damage(const std::vector<std::optional<DamagedInput>>& damages, cli::Reporter& reporter);

}  // namespace ictus::front
