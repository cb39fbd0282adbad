// One function for each command. Each returns the exit status.
#pragma once

#include "apps/cli/streams.hpp"
#include "apps/options/options.hpp"

namespace ictus::network {

int encode(const options::EncodeOptions& options, const cli::Streams& streams);
int decode(const options::DecodeOptions& options, const cli::Streams& streams);
int info_model(const options::InfoOptions& options, const cli::Streams& streams);
int train(const options::TrainOptions& options, const cli::Streams& streams);
int generate(const options::GenerateOptions& options, const cli::Streams& streams);
int evaluate(const options::EvaluateOptions& options, const cli::Streams& streams);

}  // namespace ictus::network
