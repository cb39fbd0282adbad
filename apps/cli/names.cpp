#include "apps/cli/names.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <vector>

#include "apps/cli/text.hpp"
#include "lib/core/path.hpp"
#include "lib/core/utf8.hpp"

namespace ictus::cli {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string_view>& suffixes_of(InputKind kind) {
  // Sound that cannot be read, too: what its name ends in says the same.
  static const std::vector<std::string_view> kSound = {
      ".wav",  ".wave", ".bwf",  ".rf64",  ".bw64",  ".w64",   ".aif",  ".aiff", ".aifc", ".afc",
      ".au",   ".snd",  ".caf",  ".flac",  ".fla",   ".ogg",   ".oga",  ".opus", ".spx",  ".mp3",
      ".mp2",  ".mp1",  ".mpga", ".m4a",   ".m4b",   ".mp4",   ".aac",  ".ac3",  ".alac", ".wma",
      ".ape",  ".wv",   ".tta",  ".mka",   ".weba",  ".webm",  ".amr",  ".gsm",  ".voc",  ".sph",
      ".nist", ".avr",  ".sds",  ".htk",   ".ircam", ".raw",   ".pcm",  ".s8",   ".u8",   ".s16",
      ".s24",  ".s32",  ".f32",  ".s16le", ".s24le", ".s32le", ".f32le"};
  static const std::vector<std::string_view> kStream = {".evs", ".mars"};
  static const std::vector<std::string_view> kList = {".tsv",   ".tab",    ".csv", ".json",
                                                      ".jsonl", ".ndjson", ".txt"};
  return kind == InputKind::sound ? kSound : kind == InputKind::stream ? kStream : kList;
}

}  // namespace

std::string input_name(const std::string& path) {
  return descriptor_named(path) == STDIN_FILENO ? kStandardStream : path;
}

std::string output_name(const std::string& path) {
  return descriptor_named(path) == STDOUT_FILENO ? kStandardStream : path;
}

bool has_own_name(const std::string& input) {
  struct stat status {};
  if (input == kStandardStream || stands_for_descriptor(input)) return false;
  return ::stat(input.c_str(), &status) != 0 || !(S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode));
}

std::string stem_of(const std::string& path, InputKind kind) {
  const fs::path name = fs::path(path).filename();
  const std::string suffix = name.extension().string();  // of ".wav" there is none
  const auto& known = suffixes_of(kind);
  const bool is_known = std::any_of(known.begin(), known.end(), [&](std::string_view one) {
    return one.size() == suffix.size() && has_suffix(suffix, one);
  });
  return is_known ? name.stem().string() : name.string();
}

std::string with_suffix(const std::string& path, InputKind kind, const std::string& suffix) {
  return fs::path(path).replace_filename(stem_of(path, kind) + suffix).string();
}

std::string name_for_table(const std::string& name) {
  std::string result = printable(name);
  std::replace(result.begin(), result.end(), '"', '\'');
  return result;
}

}  // namespace ictus::cli
