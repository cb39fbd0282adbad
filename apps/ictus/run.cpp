#include "apps/ictus/run.hpp"

#include "apps/cli/command.hpp"
#include "apps/cli/text_output.hpp"
#include "apps/ictus/actions.hpp"
#include "apps/options/parse.hpp"

namespace ictus::front {
namespace {

/// What to do for each kind of request.
struct Actions {
  const std::vector<std::string>& words;
  const cli::Streams& streams;

  int operator()(const options::PrintText& request) const {
    cli::TextOutput out(streams.out);
    out.print(request.text);
    out.flush();
    return cli::kDone;
  }
  int operator()(const options::EncodeOptions& request) const {
    if (request.codec == options::Codec::events) return encode(request, streams);
    return hand_over_jobs(words, streams, request.inputs, request.output, request.talk,
                          {cli::InputKind::sound, options::suffix_of(request.codec)});
  }
  int operator()(const options::DecodeOptions& request) const { return decode(request, words, streams); }
  int operator()(const options::InfoOptions& request) const {
    return request.model ? hand_over(words) : info(request, streams);
  }
  int operator()(const options::DumpOptions& request) const { return dump(request, streams); }
  int operator()(const options::AssembleOptions& request) const { return assemble(request, streams); }
  int operator()(const options::VaryOptions& request) const { return vary(request, streams); }
  int operator()(const options::MixOptions& request) const { return mix(request, streams); }
  int operator()(const options::PlayOptions& request) const { return play(request, streams); }
  int operator()(const options::CatOptions& request) const { return cat(request, streams); }
  int operator()(const options::PlotOptions& request) const { return plot(request, streams); }
  int operator()(const options::ExploreOptions& request) const { return explore(request, streams); }
  int operator()(const options::TestOptions& request) const { return test(request, streams); }
  int operator()(const options::TrainOptions&) const { return hand_over(words); }
  int operator()(const options::GenerateOptions&) const { return hand_over(words); }
  int operator()(const options::EvaluateOptions&) const { return hand_over(words); }
};

}  // namespace

int run(const std::vector<std::string>& words, const cli::Streams& streams) {
  return cli::run_command(streams, [&] {
    return std::visit(Actions{words, streams}, options::parse(words));
  });
}

}  // namespace ictus::front
