// What commands ask of networks. Nothing but apps/networks knows libtorch; it is loaded when a command asks
// for it.
#pragma once

#include "apps/cli/decoding.hpp"
#include "apps/cli/encoding.hpp"
#include "apps/cli/streams.hpp"
#include "apps/options/options.hpp"

namespace ictus::cli {

class Networks {
 public:
  virtual ~Networks() = default;
  /// How token pyramids are made. The options have to stay.
  [[nodiscard]] virtual Encoding pyramid_encoding(const options::EncodeOptions& options) const = 0;
  /// Plays token pyramids. Weights are loaded for the first of them. The options have to stay.
  [[nodiscard]] virtual Play pyramid_play(const options::DecodeOptions& options) const = 0;
  // Whole commands, which return the exit status.
  [[nodiscard]] virtual int describe_models(const options::InfoOptions& options,
                                            const Streams& streams) const = 0;
  [[nodiscard]] virtual int train(const options::TrainOptions& options, const Streams& streams) const = 0;
  [[nodiscard]] virtual int generate(const options::GenerateOptions& options,
                                     const Streams& streams) const = 0;
  [[nodiscard]] virtual int evaluate(const options::EvaluateOptions& options,
                                     const Streams& streams) const = 0;
};

/// Loads them when they are first asked for, from beside the program or from where it is installed. Throws
/// ictus::Error where they are missing.
[[nodiscard]] const Networks& networks();

/// The name of the function that gives them, and its type.
inline constexpr const char* kNetworksFunction = "ictus_networks";
using NetworksFunction = const Networks*();

}  // namespace ictus::cli
