#include "lib/notes/labelled_notes.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "lib/audio/audio.hpp"
#include "lib/core/error.hpp"
#include "lib/notes/note_name.hpp"

using namespace ictus;
namespace fs = std::filesystem;

namespace {

const auto never = [] { return false; };

class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("ictus-notes-" + std::to_string(::getpid()))) {
    fs::create_directories(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::string path() const { return path_.string(); }
  [[nodiscard]] std::string operator/(const std::string& name) const { return (path_ / name).string(); }

  /// 100 samples of one value at 8000 Hz.
  void put(const std::string& name, float value = 0.25F) const {
    fs::create_directories((path_ / name).parent_path());
    const int fd = ::open((*this / name).c_str(), O_CREAT | O_RDWR, 0600);
    const auto sink = audio::Sink::open(fd, name, 8000, {.sample_rate_hz = 8000});
    sink->write(std::vector<float>(100, value));
    sink->finish();
    ::close(fd);
  }

 private:
  fs::path path_;
};

std::vector<std::string> many_names(int count) {
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i)
    names.push_back(
        notes::file_name({i % 2 == 0 ? "flute" : "organ", static_cast<std::uint8_t>(i % 128), 100}, "own",
                         static_cast<unsigned>(i / 128)) +
        ".flac");
  return names;
}

/// A note without sound.
notes::LabelledNote named(const std::string& name) {
  return {name, *notes::label_in(name), *notes::source_in(name), {}};
}

std::set<std::string> names_of(const notes::NoteFolder& folder) {
  std::set<std::string> names;
  for (const notes::LabelledNote& note : folder.notes) names.insert(note.name);
  return names;
}

}  // namespace

TEST_CASE("where no source is held out, one note in forty is, whatever folder it lies in") {
  int held_out = 0;
  constexpr int kNames = 20'000;
  for (const std::string& name : many_names(kNames)) {
    const bool held = notes::held_out(named(name), {});
    held_out += held ? 1 : 0;
    REQUIRE(notes::held_out(named("some/where/" + name), {}) == held);
  }
  // Within 4 standard deviations of a binomial distribution.
  CHECK(std::abs(held_out - kNames / 40.0) < 4.0 * std::sqrt(kNames / 40.0 * 39.0 / 40.0));
}

TEST_CASE("of sources that are held out every note is, and none of another") {
  for (const std::string& name : many_names(200)) {
    CHECK(notes::held_out(named(name), {"other", "own"}));
    CHECK_FALSE(notes::held_out(named(name), {"other", "flute", "ow"}));
  }
  const std::vector<notes::LabelledNote> all = {named("flute_own_001-060-100.wav"),
                                                named("synth_lead_a-b_001-060-100.wav")};
  CHECK(all[1].source == "a-b");
  CHECK_NOTHROW(notes::require_sources("notes", all, {"a-b", "own"}));
  CHECK_THROWS_WITH_AS(notes::require_sources("notes", all, {"own", "lead"}),
                       doctest::Contains("notes: held_out_sources names 'lead'"), Error);
}

TEST_CASE("a folder of notes, with some that are not") {
  const Folder folder;
  folder.put("flute_own_001-060-100.wav", 0.5F);
  folder.put("deep/er/synth_lead_own_001-061-090.wav");
  folder.put("organ_own_001-062-100.wav");
  folder.put("song.wav");
  folder.put(".hidden_own_001-060-100.wav");
  std::ofstream(folder / "flute_own_002-060-100.wav") << "this is no sound";
  std::ofstream(folder / "flute_own_003-060-100.txt") << "nor has this the name of one";
  std::ostringstream words;

  const notes::NoteFolder all = notes::read_notes(folder.path(), 8000, {}, never, words);
  CHECK(names_of(all) == std::set<std::string>{"deep/er/synth_lead_own_001-061-090.wav",
                                               "flute_own_001-060-100.wav", "organ_own_001-062-100.wav"});
  CHECK(all.notes[0].name == "deep/er/synth_lead_own_001-061-090.wav");  // in the order of their paths
  CHECK(all.notes[0].label == formats::NoteLabel{"synth_lead", 61, 90});
  CHECK(all.notes[1].label == formats::NoteLabel{"flute", 60, 100});
  CHECK(all.notes[1].source == "own");
  REQUIRE(all.notes[1].samples.size() == 100);
  CHECK(std::abs(all.notes[1].samples[50] - 16384) < 4);
  CHECK(all.unlabelled == std::vector<std::string>{"song.wav"});
  CHECK(words.str().find("left out: ") == 0);
  CHECK(words.str().find("flute_own_002-060-100.wav") != std::string::npos);

  const auto some = notes::read_notes(folder.path() + "/", 8000, {"flute", "harp"}, never, words);
  CHECK(names_of(some) == std::set<std::string>{"flute_own_001-060-100.wav"});
  CHECK(notes::read_notes(
            folder.path(), 8000, {}, [] { return true; }, words)
            .notes.empty());
  CHECK_THROWS_WITH_AS(notes::read_notes(folder / "none", 8000, {}, never, words),
                       doctest::Contains("no such folder"), Error);
}

TEST_CASE("a link is called what it is called, whatever it leads to") {
  const Folder folder;
  folder.put("elsewhere/take 7.wav");
  fs::create_directories(folder / "notes");
  fs::create_symlink(folder / "elsewhere/take 7.wav", folder / "notes/flute_own_001-060-100.wav");
  std::ostringstream words;
  const auto found = notes::read_notes(folder / "notes", 8000, {}, never, words);
  CHECK(found.unlabelled.empty());
  CHECK(names_of(found) == std::set<std::string>{"flute_own_001-060-100.wav"});
}
