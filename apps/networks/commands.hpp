// One function for each command that a network does as a whole. Each returns the exit status.
#pragma once

#include "apps/cli/streams.hpp"
#include "apps/options/options.hpp"

namespace ictus::networks {

int describe_models(const options::InfoOptions& options, const cli::Streams& streams);
int train(const options::TrainOptions& options, const cli::Streams& streams);
int generate(const options::GenerateOptions& options, const cli::Streams& streams);
int evaluate(const options::EvaluateOptions& options, const cli::Streams& streams);

}  // namespace ictus::networks
