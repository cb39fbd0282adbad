// One function for each thing that this program does itself, and two for what it hands over. Each returns
// the exit status.
#pragma once

#include <string>
#include <vector>

#include "apps/cli/jobs.hpp"
#include "apps/cli/streams.hpp"
#include "apps/options/options.hpp"

namespace ictus::front {

int encode(const options::EncodeOptions& options, const cli::Streams& streams);
/// Of event streams, and hands over what else there is among the inputs.
int decode(const options::DecodeOptions& options, const std::vector<std::string>& words,
           const cli::Streams& streams);
int decode_stems(const options::DecodeOptions& options, const cli::Streams& streams);
int explore(const options::ExploreOptions& options, const cli::Streams& streams);
int info(const options::InfoOptions& options, const cli::Streams& streams);
int dump(const options::DumpOptions& options, const cli::Streams& streams);
int dump_described(const options::DumpOptions& options, const cli::Streams& streams);
int assemble(const options::AssembleOptions& options, const cli::Streams& streams);
int vary(const options::VaryOptions& options, const cli::Streams& streams);
int mix(const options::MixOptions& options, const cli::Streams& streams);
int cat(const options::CatOptions& options, const cli::Streams& streams);
int play(const options::PlayOptions& options, const cli::Streams& streams);
int plot(const options::PlotOptions& options, const cli::Streams& streams);
int test(const options::TestOptions& options, const cli::Streams& streams);

/// Puts ictus-nn in the place of this process. Returns only by throwing ictus::Error.
[[noreturn]] int hand_over(const std::vector<std::string>& words);

/// The same for commands with outputs, after a look at the files: what cannot work is said at once,
/// without the time that a network takes to load.
int hand_over_jobs(const std::vector<std::string>& words, const cli::Streams& streams,
                   const std::vector<std::string>& inputs, const options::OutputOptions& output,
                   const options::TalkOptions& talk, const cli::Naming& naming);

}  // namespace ictus::front
