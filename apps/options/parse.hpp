// From the words on the command line to what they ask for.
#pragma once

#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>

#include "apps/options/command.hpp"

namespace ictus::options {

/// The command line itself is wrong: exit status 2.
class UsageError : public std::runtime_error {
 public:
  /// `hint` is a whole sentence on how to go on, or empty.
  explicit UsageError(const std::string& message, std::string hint = {})
      : std::runtime_error(message), hint_(std::move(hint)) {}
  [[nodiscard]] const std::string& hint() const noexcept { return hint_; }

 private:
  std::string hint_;
};

/// What was asked for: a text, such as a help page, or what a command does.
struct Request {
  std::string text;
  std::unique_ptr<Command> command;  ///< null: the text is all
};

/// `words` are the arguments without the program's name. Throws UsageError.
[[nodiscard]] Request parse(std::span<const std::string> words, std::span<AddCommand* const> commands);

/// "Try 'ictus encode --help'.": where to read on after a mistake in a command's line.
[[nodiscard]] std::string try_help(const std::string& command);

}  // namespace ictus::options
