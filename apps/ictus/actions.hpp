// One function for each command. Each returns the exit status.
#pragma once

#include <string>
#include <vector>

#include "apps/cli/jobs.hpp"
#include "apps/cli/streams.hpp"
#include "apps/options/options.hpp"

namespace ictus::front {

int encode(const options::EncodeOptions& options, const cli::Streams& streams);
int decode(const options::DecodeOptions& options, const cli::Streams& streams);
int decode_stems(const options::DecodeOptions& options, const cli::Streams& streams);
int explore(const options::ExploreOptions& options, const cli::Streams& streams);
int info(const options::InfoOptions& options, const cli::Streams& streams);
int dump(const options::DumpOptions& options, const cli::Streams& streams);
int assemble(const options::AssembleOptions& options, const cli::Streams& streams);
int vary(const options::VaryOptions& options, const cli::Streams& streams);
int mix(const options::MixOptions& options, const cli::Streams& streams);
int cat(const options::CatOptions& options, const cli::Streams& streams);
int play(const options::PlayOptions& options, const cli::Streams& streams);
int plot(const options::PlotOptions& options, const cli::Streams& streams);
int test(const options::TestOptions& options, const cli::Streams& streams);

}  // namespace ictus::front
