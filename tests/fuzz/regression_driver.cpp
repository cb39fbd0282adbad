// Runs a fuzz target without a fuzzer: over saved inputs, and over mutated copies of them that are the
// same on every run.
//
//     NAME [--keep FILE] MUTATIONS PATH...
//
// A PATH is a file or a folder. With --keep, every input is written to FILE before it is run, so that
// after a crash FILE is the input that caused it.

#include <algorithm>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

/// All files, in an order that does not depend on the file system.
std::vector<std::filesystem::path> files_under(std::span<char*> paths) {
  std::vector<std::filesystem::path> files;
  for (const std::filesystem::path path : paths) {
    if (!std::filesystem::is_directory(path)) {
      files.push_back(path);
      continue;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

class Mutator {
 public:
  explicit Mutator(const std::vector<Bytes>& inputs) : inputs_(inputs) {}

  Bytes next() {
    Bytes bytes = inputs_[below(inputs_.size())];
    for (std::size_t changes = 1 + below(4); changes > 0; --changes) change(bytes);
    return bytes;
  }

 private:
  std::size_t below(std::size_t limit) { return limit == 0 ? 0 : random_() % limit; }

  void change(Bytes& bytes) {
    constexpr std::uint8_t kTelling[] = {0x00, 0x01, 0x7F, 0x80, 0xFF, '"',  '{',  '}', '[',
                                         ']',  ',',  ';',  '.',  '#',  '\t', '\r', ' ', '9'};
    const std::size_t at = below(bytes.size() + 1);
    const auto place = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    const std::size_t length = std::min(bytes.size() - at, 1 + below(16));
    const auto end = place + static_cast<std::ptrdiff_t>(length);
    switch (below(8)) {
      case 0:  // cut the end off; rarely, as little is left to look at
        if (below(4) == 0) bytes.erase(place, bytes.end());
        break;
      case 1:
        bytes.erase(place, end);
        break;
      case 2:
        bytes.insert(place, 1 + below(8), static_cast<std::uint8_t>(random_()));
        break;
      case 3:
        std::fill(place, end, kTelling[below(std::size(kTelling))]);
        break;
      case 4: {  // a piece of another input
        const Bytes& other = inputs_[below(inputs_.size())];
        const auto from = other.begin() + static_cast<std::ptrdiff_t>(below(other.size() + 1));
        const auto size =
            std::min<std::ptrdiff_t>(other.end() - from, 1 + static_cast<std::ptrdiff_t>(below(64)));
        bytes.insert(place, from, from + size);
        break;
      }
      case 5:
        if (length > 0) *place = kTelling[below(std::size(kTelling))];
        break;
      case 6:
        if (length > 0) *place = static_cast<std::uint8_t>(*place + below(3) - 1);
        break;
      default:
        if (length > 0) *place ^= static_cast<std::uint8_t>(1U << below(8));
    }
  }

  const std::vector<Bytes>& inputs_;
  std::mt19937_64 random_{1};
};

}  // namespace

int main(int argc, char** argv) {
  std::span<char*> arguments(argv + 1, static_cast<std::size_t>(argc - 1));
  std::filesystem::path kept;
  if (arguments.size() >= 2 && std::string_view(arguments[0]) == "--keep") {
    kept = arguments[1];
    arguments = arguments.subspan(2);
  }
  if (arguments.size() < 2) {
    std::cerr << "usage: " << argv[0] << " [--keep FILE] MUTATIONS PATH...\n";
    return 2;
  }

  std::string name;
  const auto run = [&](const Bytes& bytes) {
    if (!kept.empty()) {
      std::ofstream(kept, std::ios::binary)
          .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    }
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  };
  try {
    const unsigned long mutations = std::stoul(arguments[0]);
    std::vector<Bytes> inputs;
    for (const std::filesystem::path& path : files_under(arguments.subspan(1))) {
      name = path.string();
      inputs.push_back(read_file(path));
      run(inputs.back());
    }
    if (inputs.empty()) {
      std::cerr << "no inputs\n";
      return 1;
    }
    Mutator mutator(inputs);
    for (unsigned long i = 0; i < mutations; ++i) {
      name = "mutation " + std::to_string(i);
      run(mutator.next());
    }
    std::cout << inputs.size() << " inputs and " << mutations << " mutations\n";
  } catch (const std::exception& error) {
    std::cerr << name << ": " << error.what() << '\n';
    return 1;
  }
  return 0;
}
