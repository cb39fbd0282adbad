#include "apps/options/refuse.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ictus::options {
namespace {

constexpr const char* kStandardStream = "-";

}  // namespace

bool was_given(const CLI::App& command, const std::string& option) {
  return command.get_option(option)->count() > 0;
}

void refuse_without(bool is_needed, const CLI::App& command, const char* option, const char* needed,
                    const char* remedy) {
  if (is_needed || !was_given(command, option)) return;
  throw UsageError(fmt::format("{} is for {} alone", option, needed), remedy);
}

bool is_standard_output(const OutputOptions& output, const std::vector<std::string>& inputs) {
  if (output.path) return *output.path == kStandardStream;
  return std::all_of(inputs.begin(), inputs.end(),
                     [](const std::string& input) { return input == kStandardStream; });
}

bool is_standard_output(const OutputOptions& output) {
  return output.path.value_or(kStandardStream) == kStandardStream;
}

void refuse_many(const ManyOptions& many, const OutputOptions& output,
                 const std::vector<std::string>& inputs) {
  const char* const given = many.shard       ? "--shard"
                            : many.skip_done ? "--skip-done"
                            : many.manifest  ? "--manifest"
                                             : nullptr;
  if (given == nullptr) return;
  if (is_standard_output(output, inputs)) {
    throw UsageError(fmt::format("{} is for files, and the result goes to standard output", given),
                     "Leave it out, or name inputs and, with -o, a folder.");
  }
  if (many.skip_done && output.force) {
    throw UsageError("--skip-done keeps outputs that are there, and --force replaces them",
                     "Leave one of them out.");
  }
}

void refuse_force(const OutputOptions& output, bool to_standard_output) {
  if (!output.force || !to_standard_output) return;
  throw UsageError("--force replaces a file, and the result goes to standard output",
                   "Leave it out, or name a file with -o.");
}

void take_two_words(FileOptions& options) {
  OutputOptions& output = options.output;
  if (options.words.size() > 1) {
    if (output.path) {
      throw UsageError(fmt::format("two outputs are named, {} and {}", options.words[1], *output.path),
                       "Name one of them.");
    }
    output.path = options.words[1];
  }
  if (!output.path) output.path = kStandardStream;
  refuse_force(output, is_standard_output(output));
  options.input = options.words.empty() ? kStandardStream : options.words[0];
}

}  // namespace ictus::options
