#include "apps/ictus-nn/run.hpp"

#include "apps/cli/command.hpp"
#include "apps/ictus-nn/actions.hpp"
#include "apps/options/parse.hpp"

namespace ictus::network {
namespace {

/// What to do for each kind of request.
struct Actions {
  const cli::Streams& streams;

  int operator()(const options::EncodeOptions& request) const { return encode(request, streams); }
  int operator()(const options::DecodeOptions& request) const { return decode(request, streams); }
  int operator()(const options::InfoOptions& request) const { return info_model(request, streams); }
  int operator()(const options::TrainOptions& request) const { return train(request, streams); }
  int operator()(const options::GenerateOptions& request) const { return generate(request, streams); }
  int operator()(const options::EvaluateOptions& request) const { return evaluate(request, streams); }
  int operator()(const options::PrintText&) const { return refuse(); }
  int operator()(const options::DumpOptions&) const { return refuse(); }
  int operator()(const options::VaryOptions&) const { return refuse(); }
  int operator()(const options::PlotOptions&) const { return refuse(); }
  int operator()(const options::ExploreOptions&) const { return refuse(); }
  int operator()(const options::AssembleOptions&) const { return refuse(); }
  int operator()(const options::MixOptions&) const { return refuse(); }
  int operator()(const options::PlayOptions&) const { return refuse(); }
  int operator()(const options::CatOptions&) const { return refuse(); }
  int operator()(const options::TestOptions&) const { return refuse(); }

  [[noreturn]] static int refuse() {
    throw options::UsageError("this is the part of ictus that runs networks", "Run 'ictus' instead.");
  }
};

}  // namespace

int run(const std::vector<std::string>& words, const cli::Streams& streams) {
  return cli::run_command(streams, [&] {
    const options::Request request = options::parse(words);
    if (!options::needs_network(request)) Actions::refuse();
    return std::visit(Actions{streams}, request);
  });
}

}  // namespace ictus::network
