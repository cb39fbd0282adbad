// What this module does for `ictus`, which loads it.
#include "apps/cli/networks.hpp"

#include "apps/networks/commands.hpp"
#include "apps/networks/pyramids.hpp"

namespace ictus::networks {
namespace {

class AllNetworks : public cli::Networks {
 public:
  [[nodiscard]] cli::Encoding pyramid_encoding(const options::EncodeOptions& options) const override {
    return networks::pyramid_encoding(options);
  }
  [[nodiscard]] cli::Play pyramid_play(const options::DecodeOptions& options) const override {
    return networks::pyramid_play(options);
  }
  [[nodiscard]] int describe_models(const options::InfoOptions& options,
                                    const cli::Streams& streams) const override {
    return networks::describe_models(options, streams);
  }
  [[nodiscard]] int train(const options::TrainOptions& options, const cli::Streams& streams) const override {
    return networks::train(options, streams);
  }
  [[nodiscard]] int generate(const options::GenerateOptions& options,
                             const cli::Streams& streams) const override {
    return networks::generate(options, streams);
  }
  [[nodiscard]] int evaluate(const options::EvaluateOptions& options,
                             const cli::Streams& streams) const override {
    return networks::evaluate(options, streams);
  }
};

}  // namespace
}  // namespace ictus::networks

extern "C" const ictus::cli::Networks* ictus_networks() {
  static const ictus::networks::AllNetworks all;
  return &all;
}
