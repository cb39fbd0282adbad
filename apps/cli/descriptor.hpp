// A file descriptor that is closed, and reads and writes that are done or say why not.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace ictus::cli {

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor();

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool is_open() const { return fd_ >= 0; }
  int release();

 private:
  int fd_;
};

/// Reads what there is, waiting for at least one byte; 0 at the end. Throws ictus::Error.
std::size_t read_some(int fd, std::span<std::byte> bytes, const std::string& name);
/// Writes everything. Throws ictus::Error.
void write_all(int fd, std::span<const std::byte> bytes, const std::string& name);
/// Opens for reading. Throws ictus::Error: missing, a folder, not permitted.
Descriptor open_for_reading(const std::string& path);

/// "No such file or directory" in lower case, as the end of one of our sentences.
std::string reason(int error_number);

}  // namespace ictus::cli
