// The one exception type of the project: what went wrong, where, and what to do about it.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace ictus {

/// An error meant for the person at the terminal.
///
/// `what()` is one sentence without a final full stop that names the thing concerned (file, block,
/// offset, option); `hint()` says what to do about it, or is empty.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& message, std::string hint = {})
      : std::runtime_error(message), hint_(std::move(hint)) {}

  [[nodiscard]] const std::string& hint() const noexcept { return hint_; }

 private:
  std::string hint_;
};

/// The input ended or is damaged at a place that was reached; all that came before it is sound and
/// has been delivered. A program that meets it keeps its output and exits with status 1.
class DamagedInput : public Error {
 public:
  using Error::Error;
};

}  // namespace ictus
