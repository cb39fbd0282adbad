// File descriptors: owned, read and written in full, with errors that name the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace ictus {

/// Closes its descriptor when it goes.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(other.release()) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept;
  ~UniqueFd();

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool is_open() const { return fd_ >= 0; }
  int release();

 private:
  int fd_ = -1;
};

/// All of these go on after an interrupting signal, wait on a non-blocking descriptor, and throw
/// ictus::Error with `name` and the system's reason.

/// Reads what is there, at least one byte; 0 means the end.
std::size_t read_some(int fd, std::span<std::byte> bytes, const std::string& name);
/// Reads at a place without moving the descriptor's own; fewer bytes than asked means the end.
std::size_t read_at(int fd, std::uint64_t offset, std::span<std::byte> bytes, const std::string& name);
void write_all(int fd, std::span<const std::byte> bytes, const std::string& name);
void write_all_at(int fd, std::uint64_t offset, std::span<const std::byte> bytes, const std::string& name);

/// "No such file or directory" in lower case, as the end of one of our sentences.
std::string reason(int error_number);

}  // namespace ictus
