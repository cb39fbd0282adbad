// What a command looks at once its words are known: what does not go together is refused.
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

#include "apps/options/options.hpp"
#include "apps/options/parse.hpp"

namespace ictus::options {

[[nodiscard]] bool was_given(const CLI::App& command, const std::string& option);

/// The option, if it was given, is for nothing without what `needed` says.
void refuse_without(bool is_needed, const CLI::App& command, const char* option, const char* needed,
                    const char* remedy = "Leave it out.");

/// Whether all results go there, of a command whose results lie beside its inputs where no output is named.
[[nodiscard]] bool is_standard_output(const OutputOptions& output, const std::vector<std::string>& inputs);

/// The same of a command that names no file by itself.
[[nodiscard]] bool is_standard_output(const OutputOptions& output);

/// What --shard, --skip-done and --manifest are not for.
void refuse_many(const ManyOptions& many, const OutputOptions& output,
                 const std::vector<std::string>& inputs);

void refuse_force(const OutputOptions& output, bool to_standard_output);

/// The first word is the input, the second one where to write where no other place is named.
void take_two_words(FileOptions& options);

}  // namespace ictus::options
