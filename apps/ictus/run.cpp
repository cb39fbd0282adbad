#include "apps/ictus/run.hpp"

#include "apps/cli/command.hpp"
#include "apps/cli/networks.hpp"
#include "apps/cli/text_output.hpp"
#include "apps/ictus/actions.hpp"
#include "apps/options/parse.hpp"

namespace ictus::front {
namespace {

/// What to do for each kind of request.
struct Actions {
  const cli::Streams& streams;

  int operator()(const options::PrintText& request) const {
    cli::TextOutput out(streams.out);
    out.print(request.text);
    out.flush();
    return cli::kDone;
  }
  int operator()(const options::EncodeOptions& request) const { return encode(request, streams); }
  int operator()(const options::DecodeOptions& request) const { return decode(request, streams); }
  int operator()(const options::InfoOptions& request) const { return info(request, streams); }
  int operator()(const options::DumpOptions& request) const { return dump(request, streams); }
  int operator()(const options::AssembleOptions& request) const { return assemble(request, streams); }
  int operator()(const options::VaryOptions& request) const { return vary(request, streams); }
  int operator()(const options::MixOptions& request) const { return mix(request, streams); }
  int operator()(const options::PlayOptions& request) const { return play(request, streams); }
  int operator()(const options::CatOptions& request) const { return cat(request, streams); }
  int operator()(const options::PlotOptions& request) const { return plot(request, streams); }
  int operator()(const options::ExploreOptions& request) const { return explore(request, streams); }
  int operator()(const options::TestOptions& request) const { return test(request, streams); }
  int operator()(const options::TrainOptions& request) const {
    return cli::networks().train(request, streams);
  }
  int operator()(const options::GenerateOptions& request) const {
    return cli::networks().generate(request, streams);
  }
  int operator()(const options::EvaluateOptions& request) const {
    return cli::networks().evaluate(request, streams);
  }
};

}  // namespace

int run(const std::vector<std::string>& words, const cli::Streams& streams) {
  return cli::run_command(streams, [&] { return std::visit(Actions{streams}, options::parse(words)); });
}

}  // namespace ictus::front
