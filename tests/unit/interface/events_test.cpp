#include "ictus/events.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <fstream>

#include "tests/unit/interface/helpers.hpp"

namespace ictus::events {
namespace {

using Bytes = std::vector<std::byte>;

Bytes written(const Header& header, std::span<const Event> events) {
  Bytes bytes;
  Writer writer([&](std::span<const std::byte> more) { bytes.insert(bytes.end(), more.begin(), more.end()); },
                header);
  writer.write(events, kLength);
  writer.finish(kLength);
  return bytes;
}

Reader reader_of(Bytes bytes) {
  return Reader(
      [bytes = std::move(bytes), at = std::size_t{0}](std::span<std::byte> into) mutable {
        const std::size_t count = std::min(into.size(), bytes.size() - at);
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), count, into.begin());
        at += count;
        return count;
      },
      "the test");
}

Header lossless_header() {
  Header header = model().header(2);
  header.set_lossless();
  header.set_tags({{"title", "A test"}});
  return header;
}

std::vector<float> decoded(const Stream& stream) {
  Decoder decoder(model(), stream.header);
  std::vector<float> all;
  const auto take = [&](std::span<const float> more) { all.insert(all.end(), more.begin(), more.end()); };
  take(decoder.push({stream.events, kLength}));
  take(decoder.finish(stream.length.samples));
  return all;
}

bool are_same(const std::vector<Event>& a, const std::vector<Event>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Event& one, const Event& other) {
    return one.onset_samples == other.onset_samples && one.gain_db == other.gain_db &&
           one.vector == other.vector;
  });
}

}  // namespace

TEST_CASE("what is written is read again") {
  const std::vector<Event> events = tones(12);
  Reader reader = reader_of(written(lossless_header(), events));
  CHECK(reader.header().sample_rate_hz() == 44100);
  CHECK(reader.header().channels() == 2);
  CHECK(reader.header().is_lossless());
  CHECK(reader.header().model_id() == model().id());
  CHECK(reader.header().tags() == Tags{{"title", "A test"}});
  REQUIRE(reader.header().numbers().size() == 16);
  CHECK(reader.header().numbers()[0].name == "pitch");
  CHECK(reader.header().numbers()[0].unit == "Hz");
  CHECK(reader.header().numbers()[0].is_ratio);
  CHECK_FALSE(reader.length());
  const Stream stream = read_all(reader);
  CHECK(are_same(stream.events, events));
  CHECK(stream.length.samples == kLength);
  CHECK(stream.length.original_samples == kLength);
}

TEST_CASE("a copied stream is the same bytes") {
  const Bytes bytes = written(model().header(), tones(12));
  Reader reader = reader_of(bytes);
  Bytes copy;
  Writer writer([&](std::span<const std::byte> more) { copy.insert(copy.end(), more.begin(), more.end()); },
                reader.header());
  while (const auto block = reader.next()) writer.write(*block);
  writer.finish(reader.length()->samples, reader.length()->original_samples);
  CHECK(copy == bytes);
}

TEST_CASE("steps are as fine as is asked for") {
  std::vector<Event> events = tones(3);
  events[1].vector[20] = 1.0F / 3.0F;
  Header header = model().header();
  Reader coarse = reader_of(written(header, events));
  CHECK_FALSE(are_same(read_all(coarse).events, events));
  header.keep(events);
  Reader fine = reader_of(written(header, events));
  CHECK(are_same(read_all(fine).events, events));
}

TEST_CASE("events come to the ear, in as many channels as the header says") {
  Reader reader = reader_of(written(lossless_header(), tones(8)));
  const Stream stream = read_all(reader);
  const std::vector<float> sound = decoded(stream);
  REQUIRE(sound.size() == 2 * kLength);
  CHECK(*std::max_element(sound.begin(), sound.end()) > 0.001F);
  Reader again = reader_of(written(lossless_header(), tones(8)));
  Decoder decoder(model(), again.header());
  std::vector<float> streamed;
  const auto take = [&](std::span<const float> more) {
    streamed.insert(streamed.end(), more.begin(), more.end());
  };
  while (const auto block = again.next()) take(decoder.push(*block));
  take(decoder.finish(again.length()->samples));
  CHECK(streamed == sound);
}

TEST_CASE("lists go there and back") {
  Reader reader = reader_of(written(lossless_header(), tones(5)));
  const Stream stream = read_all(reader);
  for (const ListFormat format : {ListFormat::tsv, ListFormat::csv, ListFormat::json}) {
    std::vector<std::string> remarks;
    const Stream again = from_list(to_list(stream, format), &remarks);
    CHECK(are_same(again.events, stream.events));
    CHECK(again.header.channels() == 2);
    CHECK(again.header.tags() == stream.header.tags());
    CHECK(again.length.samples == stream.length.samples);
    CHECK(remarks.empty());
  }
  CHECK(to_list(stream, ListFormat::tsv, true).find("attack_s") != std::string::npos);
}

TEST_CASE("errors say what, where and what to do") {
  CHECK_THROWS_WITH_AS(Reader("/nowhere/a.evs"),
                       "/nowhere/a.evs: cannot be opened (no such file or directory)", Error);
  CHECK_THROWS_WITH_AS((void)Model("/nowhere/m"), "/nowhere/m: cannot be opened (no such file or directory)",
                       Error);
  CHECK_THROWS_WITH_AS(model().header().set_channels(3), "a decoded sound of 3 channels has not 1 or 2",
                       Error);
  try {
    (void)from_list("onset_s\tvector\n0\tpiano.evs#3\n");
    FAIL("nothing was thrown");
  } catch (const Error& error) {
    CHECK(std::string(error.what()) ==
          "the list: line 2, column vector: borrows an event of piano.evs, and the library opens no other "
          "streams");
    CHECK(error.hint() == "'ictus assemble' makes a stream of it");
  }
  std::vector<Event> events = tones(2);
  std::swap(events[0], events[1]);
  CHECK_THROWS_WITH_AS(written(model().header(), events), "the stream: its events are not in order of onset",
                       Error);
}

TEST_CASE("damage is told after what is sound") {
  Bytes bytes = written(lossless_header(), tones(12));
  bytes.resize(bytes.size() - 40);
  Reader reader = reader_of(bytes);
  std::size_t events = 0;
  try {
    while (const auto block = reader.next()) events += block->events.size();
    FAIL("nothing was thrown");
  } catch (const DamagedInput& damage) {
    CHECK(std::string(damage.what()).starts_with("the test: block "));
  }
  CHECK(events > 0);
  CHECK_FALSE(reader.length());
}

TEST_CASE("a file is there in whole or not at all") {
  const Scratch scratch;
  const std::string path = scratch.file("a.evs");
  {
    Writer writer(path, model().header());
    writer.write(tones(4), kLength);
  }
  CHECK(std::filesystem::is_empty(scratch.path));
  Writer writer(path, model().header());
  writer.write(tones(4), kLength);
  writer.finish(kLength);
  Reader reader(path);
  CHECK(read_all(reader).events.size() == 4);
  CHECK_THROWS_WITH_AS(Writer(path, model().header()), (path + ": the output exists already").c_str(), Error);
  Header wrong = model().header();
  wrong.set_tags({{"a=b", "c"}});
  CHECK_THROWS_AS(Writer(scratch.file("b.evs"), wrong), Error);
  CHECK_FALSE(std::filesystem::exists(scratch.file("b.evs")));
}

TEST_CASE("sound is not made with another model") {
  const Scratch scratch;
  std::filesystem::copy_file(ICTUS_EVENT_MODEL, scratch.file("other"));
  {
    std::fstream file(scratch.file("other"), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(-3, std::ios::end);
    file.put('\x07');
  }
  const Model other(scratch.file("other"));
  CHECK(other.weights_hash() != model().weights_hash());
  CHECK_THROWS_AS(Decoder(other, model().header()), Error);
}

}  // namespace ictus::events
