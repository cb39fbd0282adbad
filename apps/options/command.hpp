// What a command is: what it accepts and what it does.
#pragma once

#include <memory>

namespace CLI {
class App;
}
namespace ictus::cli {
struct Streams;
}

namespace ictus::options {

/// Made with its place in the command line, which fills in what is typed.
class Command {
 public:
  virtual ~Command() = default;
  /// Settles what the words leave open. Throws UsageError for what does not go together. `given` is what was
  /// parsed: the command, or one below it.
  virtual void settle(const CLI::App& given) { (void)given; }
  /// Returns the exit status.
  virtual int run(const cli::Streams& streams) = 0;
};

/// Adds a command to the command line.
using AddCommand = std::unique_ptr<Command>(CLI::App& root);

}  // namespace ictus::options
