#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

#include "block_helpers.hpp"
#include "reading_by_blocks.hpp"
#include "stream_helpers.hpp"

using namespace ictus;
using namespace ictus::formats;
using namespace ictus::formats::testing;

namespace {

const EventCoding kCodings[] = {kFloat32, kCoded, {.vector_steps = standard_steps()}};
constexpr std::int64_t kLastPosition = (std::int64_t{1} << 53U) - 1;

void check_round_trip(const Stream& stream) {
  const Bytes bytes = written(stream);
  const Reading reading = read(bytes);
  REQUIRE(reading.error == "");
  CHECK(same(*reading.header, stream.header));
  REQUIRE(reading.blocks.size() == stream.blocks.size());
  CHECK(begins_with(quantised(stream.blocks, stream.header.coding), reading.blocks));
  CHECK(same(*reading.totals, stream.totals));
}

VectorSteps rising_steps() {
  VectorSteps steps{};
  for (std::size_t d = 0; d < steps.size(); ++d) steps[d] = static_cast<std::uint16_t>(1 + d * d * 4);
  return steps;
}

/// Three blocks: one that zstd packs, one that it does not, one without events.
Stream small_stream(const EventCoding& coding) {
  std::mt19937_64 random(5);
  Stream stream;
  stream.header = typical_header();
  stream.header.coding = coding;
  stream.blocks.push_back(random_block(random, 0, 65536, 8));
  for (Event& event : stream.blocks[0].events) {
    event.vector.fill(0.25F);
    event.gain_db = -20.0F;
  }
  stream.blocks.push_back(random_block(random, 65536, 65536, 3));
  stream.blocks.push_back({{}, 140000});
  stream.totals = {11, 140000, 280000};
  return stream;
}

}  // namespace

TEST_CASE("event stream: random streams come back") {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    const std::int64_t span_samples = seed % 3 == 0 ? 50 : seed % 3 == 1 ? 200'000 : std::int64_t{1} << 40U;
    Stream stream = random_stream(seed, kFloat32, seed % 7, 70, span_samples);
    for (const EventCoding& coding : kCodings) {
      stream.header.coding = coding;
      check_round_trip(stream);
    }
  }
}

TEST_CASE("event stream: nothing at all comes back") {
  Stream stream;
  check_round_trip(stream);
  stream.blocks = {{{}, 0}, {{}, 0}, {{}, 65536}};
  check_round_trip(stream);
}

TEST_CASE("event stream: the largest of everything comes back") {
  std::mt19937_64 random(3);
  Stream stream;
  stream.header.sample_rate_hz = 10'000'000;
  stream.header.original_sample_rate_hz = 10'000'000;
  stream.header.original_channels = 65535;
  stream.header.model_id = std::string(255, 'm');
  stream.header.tags.assign(256, {"Ünïcode 🎻", std::string(200, 'v')});
  stream.header.tags[7] = {"EMPTY", ""};
  stream.header.tags[8] = {"EQUALS", "a=b=c"};
  stream.blocks.push_back(random_block(random, 0, 1000, kMaxEventsPerBlock));
  stream.blocks.push_back(random_block(random, 1000, kLastPosition - 1000, kMaxEventsPerBlock));
  stream.blocks[1].events.back().onset_samples = kLastPosition - 1;
  stream.totals = {2 * kMaxEventsPerBlock, kLastPosition, kLastPosition};
  for (const EventCoding& coding : kCodings) {
    stream.header.coding = coding;
    check_round_trip(stream);
  }
}

TEST_CASE("event stream: chords and the edges of a block come back") {
  Stream stream;
  stream.blocks = {
      {{Event{0, 0.0F, {}}, Event{0, -1.0F, {}}, Event{99, -2.0F, {}}, Event{99, -3.0F, {}}}, 100},
      {{Event{100, -4.0F, {}}}, 101}};
  stream.totals.events = 5;
  check_round_trip(stream);
}

TEST_CASE("event stream: a source that gives one byte at a time makes no difference") {
  const Stream stream = random_stream(11, kFloat32, 4, 40, 65536);
  const Bytes bytes = written(stream);
  for (const std::size_t step : {1, 7, 64}) {
    const Reading reading = read(bytes, step);
    CHECK(reading.error == "");
    CHECK(same(*reading.totals, stream.totals));
    CHECK(begins_with(reading.blocks, read(bytes).blocks));
  }
}

TEST_CASE("event stream: a reader asks for nothing beyond the block it returns") {
  const Stream stream = small_stream(kFloat32);
  check_that_it_reads_by_blocks<EventStreamReader>(written_parts(stream), [](const EventStreamReader&) {});
}

TEST_CASE("event stream: the same stream gives the same bytes, one call of the sink per block") {
  const Stream stream = random_stream(12, kFloat32, 5, 8, 65536);
  check_that_it_writes_by_parts<EventStreamWriter>(stream.header, stream.blocks, stream.totals);
}

TEST_CASE("event stream: what was read and written again is the same") {
  const Bytes bytes = written(random_stream(13, kFloat32, 5, 40, 65536));
  const Reading reading = read(bytes);
  CHECK(written({*reading.header, reading.blocks, *reading.totals}) == bytes);
}

TEST_CASE("event stream: the overhead stays small") {
  std::mt19937_64 random(14);
  Stream stream;
  stream.header = typical_header();
  stream.header.coding = kFloat32;
  for (std::int64_t i = 0; i < 4; ++i) stream.blocks.push_back(random_block(random, i * 65536, 65536, 32));
  stream.totals.length_samples = stream.totals.original_length_samples = 262144;
  const std::vector<Bytes> parts = written_parts(stream);
  const std::size_t header = parts.front().size();
  const std::size_t end = parts.back().size();
  const std::size_t block = parts[1].size();
  MESSAGE("header " << header << " + end " << end << " bytes; " << block << " bytes for 32 events");
  CHECK(header + end < 200);
  CHECK(block < 32 * 134 + 40);
}

TEST_CASE("event stream: a coded block costs 7 bytes besides its events") {
  std::mt19937_64 random(15);
  Stream stream;
  stream.header = typical_header();
  stream.blocks.push_back(random_block(random, 0, 65536, 32));
  stream.totals.length_samples = stream.totals.original_length_samples = 65536;
  const std::vector<Bytes> parts = written_parts(stream);
  CHECK(parts[1].size() == 7 + EventPacker(kCoded).pack(stream.blocks[0]).size());
  CHECK(parts.front().size() + parts.back().size() < 160);
}

TEST_CASE("event stream: a header is packed") {
  Stream stream;
  stream.header.model_id = "events-4";
  stream.header.original_sample_rate_hz = 48000;
  stream.header.coding = {.vector_steps = standard_steps(), .gain_step_centibels = 5};
  stream.header.names = standard_names();
  // Signature, version, kind, size and checksum; keys and sizes of the id, the hash and the rate; they
  // themselves.
  constexpr std::size_t kFraming = 8 + 1 + 1 + 1 + 4;
  CHECK(written_parts(stream).front().size() == kFraming + (2 + 8) + (2 + 16) + (1 + 3));
  CHECK(written_parts(stream).front()[9] == std::byte{kEventStreamFormat.packed_header_kind});
}

TEST_CASE("event stream: of any packed header the meaning comes back, or it is refused") {
  std::mt19937_64 random(16);
  Stream stream;
  stream.header = typical_header();
  stream.header.original_channels = 6;
  stream.header.names = {{"a", "Hz", 1.0F, 2.0F, true}, {"b", "", -1.0F, 1.0F, false}};
  stream.header.coding.vector_steps = equal_steps(9);
  const Bytes part = written_parts(stream).front();
  REQUIRE(part[9] == std::byte{kEventStreamFormat.packed_header_kind});
  std::string packed;
  for (std::size_t at = part.size() - 4; at-- > 11 + (part[10] >= std::byte{0x80} ? 1 : 0);)
    packed.insert(packed.begin(), static_cast<char>(part[at]));
  const Bytes signature(part.begin(), part.begin() + 9);
  int whole = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string content = packed;
    for (std::uint64_t change = random() % 3; change-- > 0;)
      content[random() % content.size()] = static_cast<char>(random() % 2 == 0 ? random() : random() % 64);
    if (round % 4 == 0) content.resize(random() % (content.size() + 20));
    const Reading reading =
        read(joined({signature, block_of(kEventStreamFormat.packed_header_kind, 0, content)}));
    if (!reading.header) {
      CHECK(contains(reading.error, "block 0 at byte 9"));
      continue;
    }
    ++whole;
    const Reading again = read(written({*reading.header, {}, {}}));
    REQUIRE(again.header);
    CHECK(same(*again.header, *reading.header));
  }
  CHECK(whole > 5000);
}

TEST_CASE("event stream: steps come back with the header, and wrong ones are not written") {
  for (const EventCoding& coding :
       {EventCoding{.vector_steps = equal_steps(1), .gain_step_centibels = 1, .onset_step_samples = 1},
        EventCoding{
            .vector_steps = equal_steps(4096), .gain_step_centibels = 100, .onset_step_samples = 65535},
        EventCoding{.vector_steps = rising_steps()}, EventCoding{.vector_steps = standard_steps()}}) {
    Stream stream = random_stream(26, coding, 3, 20, 70'000);
    check_round_trip(stream);
  }
  // With another precision they are not part of the file.
  Stream stream = random_stream(27, kFloat32, 2, 5, 65536);
  const Bytes bytes = written(stream);
  stream.header.coding.vector_steps = equal_steps(5);
  CHECK(written(stream) == bytes);
  CHECK(read(bytes).header->coding == kFloat32);
}

TEST_CASE("event stream: names of numbers come back, and the standard ones cost nothing") {
  const float least = std::numeric_limits<float>::denorm_min();
  const float most = std::numeric_limits<float>::max();
  const std::string longest(31, 'z');
  std::vector<NumberName> full;
  for (std::size_t k = 0; k < kEventVectorSize; ++k) {
    full.push_back({"n" + std::to_string(k), std::string(k % 16, 'u'), -1.0F, 1.0F, false});
  }
  const std::vector<NumberName> tables[] = {
      {},
      {{"a", "", least, most, true}},
      {{longest, "Hz / s \xC2\xB5", -most, most, false}, {"x_9", " ", 0.0F, least, false}},
      full,
      standard_names(),
  };
  std::vector<std::size_t> sizes;
  for (const std::vector<NumberName>& names : tables) {
    for (const EventCoding& coding : kCodings) {
      Stream stream = small_stream(coding);
      stream.header.channels = 2;
      stream.header.names = names;
      check_round_trip(stream);
      sizes.push_back(written_parts(stream)[0].size());
    }
  }
  // Beside the 33 steps that are not the standard ones, and a coding that says nothing of steps.
  const std::size_t standard = sizes.back();
  Stream stream = small_stream(kCodings[2]);
  stream.header.names = standard_names();
  stream.header.names[1].low = -41.0F;
  const std::size_t told = written_parts(stream)[0].size();
  MESSAGE("header " << standard << " bytes with the standard numbers, " << told << " with others");
  CHECK(standard < 150);
  CHECK(told < standard + 320);
}

TEST_CASE("event stream: outlines say how many events there are and where blocks end") {
  for (const EventCoding& coding : kCodings) {
    const Stream stream = random_stream(28, coding, 6, 40, 100'000);
    const Bytes bytes = written(stream);
    EventStreamReader reader(source_of(bytes));
    for (const EventBlock& block : stream.blocks) {
      const std::optional<BlockOutline> outline = reader.next_outline();
      REQUIRE(outline);
      CHECK(outline->events == block.events.size());
      CHECK(outline->end_samples == block.end_samples);
    }
    CHECK(!reader.next_outline());
    CHECK(same(*reader.totals(), stream.totals));
  }
}

TEST_CASE("event stream: after an outline of packed events none can be unpacked") {
  Stream stream = random_stream(29, kCoded, 2, 5, 65536);
  std::mt19937_64 random(30);
  const std::int64_t end_samples = stream.blocks.back().end_samples;
  stream.blocks.push_back(random_block(random, end_samples, 65536, 3));
  stream.blocks.push_back(random_block(random, end_samples + 65536, 65536, 3));
  const Bytes bytes = written(stream);
  EventStreamReader reader(source_of(bytes));
  for (std::size_t i = 0; i + 1 < stream.blocks.size(); ++i) REQUIRE(reader.next_outline());
  CHECK_THROWS_AS((void)reader.next(), Error);
}

TEST_CASE("event stream: cut short at every byte, it keeps the whole blocks") {
  for (const EventCoding& coding : kCodings) {
    const std::vector<Bytes> parts = written_parts(small_stream(coding));
    const Bytes bytes = joined(parts);
    const std::vector<EventBlock> all = read(bytes).blocks;
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      CAPTURE(length);
      const Reading reading = read(std::span(bytes).first(length));
      REQUIRE(reading.error != "");
      const std::size_t whole = whole_parts(parts, length).first;
      REQUIRE(reading.header.has_value() == (length >= parts[0].size()));
      REQUIRE(reading.damaged == (length >= parts[0].size()));
      REQUIRE(reading.blocks.size() == whole);
      REQUIRE(begins_with(all, reading.blocks));
      REQUIRE(!reading.totals);
    }
  }
}

TEST_CASE("event stream: any change of any byte is noticed, and what comes before it is right") {
  for (const EventCoding& coding : {kFloat32, kCoded}) {
    const std::vector<Bytes> parts = written_parts(small_stream(coding));
    const Bytes bytes = joined(parts);
    const std::vector<EventBlock> all = read(bytes).blocks;
    for_each_change(bytes, [&](const Bytes& changed, std::size_t at) {
      const Reading reading = read(changed);
      REQUIRE(reading.error != "");
      REQUIRE(!reading.totals);
      REQUIRE(begins_with(all, reading.blocks));
      if (at < parts[0].size()) REQUIRE(!reading.header);
    });
  }
}

TEST_CASE("event stream: a block missing, twice or in another place is damage") {
  const std::vector<Bytes> parts = written_parts(random_stream(21, kFloat32, 3, 5, 65536));
  const auto check_damaged = [](const std::vector<Bytes>& changed, std::size_t whole) {
    const Reading reading = read(joined(changed));
    CHECK(reading.damaged);
    CHECK(reading.blocks.size() == whole);
  };
  check_damaged({parts[0], parts[2], parts[3], parts[4]}, 0);
  check_damaged({parts[0], parts[1], parts[1], parts[2], parts[3], parts[4]}, 1);
  check_damaged({parts[0], parts[1], parts[3], parts[2], parts[4]}, 1);
  check_damaged({parts[0], parts[1], parts[2], parts[3], parts[4], parts[4]}, 3);
  check_damaged({parts[0], parts[1], parts[2], parts[3]}, 3);
  // Even with the right checksum, the end block's totals tell.
  check_damaged({parts[0], parts[1], parts[2], renumbered(parts[4], 3)}, 2);
}

TEST_CASE("event stream: after damage nothing more is read") {
  std::vector<Bytes> parts = written_parts(random_stream(22, kFloat32, 3, 5, 65536));
  parts[2][parts[2].size() / 2] ^= std::byte{1};
  const Bytes bytes = joined(parts);
  EventStreamReader reader(source_of(bytes));
  CHECK(reader.next());
  CHECK_THROWS_AS((void)reader.next(), DamagedInput);
  CHECK_THROWS_AS((void)reader.next(), DamagedInput);
  CHECK(!reader.totals());
}

TEST_CASE("event stream: messages say block and byte") {
  std::vector<Bytes> parts = written_parts(random_stream(23, kFloat32, 3, 5, 65536));
  const std::size_t offset = parts[0].size() + parts[1].size();
  parts[2].back() ^= std::byte{1};
  const Reading reading = read(joined(parts));
  CHECK(reading.error == "block 2 at byte " + std::to_string(offset) + ": its checksum does not match");
}

TEST_CASE("event stream: versions") {
  Bytes bytes = written(small_stream(kFloat32));
  bytes[8] = std::byte{2};
  const Reading reading = read(bytes);
  CHECK(!reading.damaged);
  CHECK(reading.error == "the event stream is of format version 2; this program reads version 1");
}

TEST_CASE("event stream: other files are refused by name") {
  const std::string wave = "RIFF\x24\x08\x00\x00WAVEfmt ";
  CHECK(read(std::as_bytes(std::span(wave))).error == "the input is not an event stream");
  CHECK(read({}).error == "the input is empty");

  Bytes unix_lines = written(small_stream(kFloat32));
  unix_lines.erase(unix_lines.begin() + 4);  // CR LF became LF
  CHECK(read(unix_lines).error == "the signature of the event stream is damaged");
}

TEST_CASE("event stream: blocks of unknown kinds") {
  const std::vector<Bytes> parts = written_parts(random_stream(24, kFloat32, 2, 5, 65536));
  const Bytes skippable = block_of(0xB5, 1, "whatever");
  const Bytes with_skippable = joined({parts[0], skippable, renumbered(parts[1], 2), renumbered(parts[2], 3),
                                       block_of(0x82, 4, ""), renumbered(parts[3], 5)});
  const Reading reading = read(with_skippable);
  CHECK(reading.error == "");
  CHECK(reading.blocks.size() == 2);

  // A skippable block is no place to hide damage.
  Bytes damaged = with_skippable;
  damaged[parts[0].size() + 3] ^= std::byte{4};
  CHECK(read(damaged).damaged);

  const Reading critical = read(joined({parts[0], parts[1], block_of(0x04, 2, "whatever"), parts[2]}));
  CHECK(critical.error != "");
  CHECK(!critical.damaged);
  CHECK(contains(critical.error, "is of kind 4, which this version does not know"));
  CHECK(critical.blocks.size() == 1);
}

TEST_CASE("event stream: blocks out of order") {
  const std::vector<Bytes> parts = written_parts(random_stream(25, kFloat32, 1, 5, 65536));
  const Bytes signature(parts[0].begin(), parts[0].begin() + 9);
  const Bytes header(parts[0].begin() + 9, parts[0].end());
  const Reading headless = read(joined({signature, renumbered(parts[1], 0), parts[2]}));
  CHECK(!headless.header);
  CHECK(contains(headless.error, "does not begin with a header"));
  CHECK(contains(read(joined({parts[0], renumbered(header, 1), parts[1]})).error, "second header"));
  CHECK(contains(read(joined({parts[0], parts[1], parts[2], {std::byte{0}}})).error, "after the end block"));
}

TEST_CASE("event stream: sizes above the limits are refused before their bytes are asked for") {
  const Bytes header = written_parts(small_stream(kFloat32))[0];
  const auto check_refused = [&](std::vector<std::uint8_t> head, std::string_view what) {
    Bytes bytes = header;
    for (const std::uint8_t byte : head) bytes.push_back(std::byte{byte});
    const std::size_t size = bytes.size();
    bytes.resize(size + (std::size_t{4} << 20U));
    EventStreamReader reader(source_of(bytes));
    try {
      (void)reader.next();
      FAIL("not refused");
    } catch (const DamagedInput& error) {
      CHECK(contains(error.what(), what));
    }
    CHECK(reader.bytes_read() == size);
  };
  check_refused({0x02, 0x81, 0x80, 0x40}, "its stored size of 1048577 bytes is above the limit");
  check_refused({0xB0, 0xFF, 0xFF, 0x7F}, "its stored size of 2097151 bytes is above the limit");
  check_refused({0x42, 0x01, 0x81, 0x80, 0x40}, "its content size of 1048577 bytes is above the limit");
  check_refused({0x02, 0xFF, 0xFF, 0xFF}, "its stored size is not a number of at most three bytes");
  check_refused({0x02, 0x85, 0x00}, "its stored size is not in the shortest form");
}

TEST_CASE("event stream: blocks that are no FlatBuffers are damage") {
  const Bytes header = written_parts(small_stream(kFloat32))[0];
  for (const int kind : {0x02, 0x03, 0x42, 0x43}) {
    std::mt19937_64 random(static_cast<std::uint64_t>(kind));
    for (std::size_t size = 0; size < 300; ++size) {
      std::string content(size, '\0');
      // Small numbers are the likelier ones to be taken for offsets.
      for (char& c : content) c = static_cast<char>(random() % 4 == 0 ? random() % 64 : 0);
      const Reading reading = read(joined({header, block_of(static_cast<std::uint8_t>(kind), 1, content)}));
      CHECK(reading.error != "");
      CHECK(!reading.totals);
    }
  }
}

TEST_CASE("event stream: what cannot stand in a file is not written") {
  const float infinity = std::numeric_limits<float>::infinity();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const EventCoding& coding : kCodings) {
    EventStreamHeader header = typical_header();
    header.coding = coding;
    EventStreamWriter writer(header, [](std::span<const std::byte>) {});
    writer.write({{Event{10, 0.0F, {}}}, 100});
    const std::uint64_t size = writer.bytes_written();

    CHECK_THROWS_AS(writer.write({{}, 99}), Error);
    CHECK_THROWS_AS(writer.write({{}, kLastPosition + 1}), Error);
    CHECK_THROWS_AS(writer.write({{Event{99, 0.0F, {}}}, 200}), Error);
    CHECK_THROWS_AS(writer.write({{Event{200, 0.0F, {}}}, 200}), Error);
    CHECK_THROWS_AS(writer.write({{Event{150, 0.0F, {}}, Event{149, 0.0F, {}}}, 200}), Error);
    CHECK_THROWS_AS(writer.write({std::vector<Event>(kMaxEventsPerBlock + 1, Event{150, 0.0F, {}}), 200}),
                    Error);
    CHECK_THROWS_AS(writer.write({{Event{150, nan, {}}}, 200}), Error);
    CHECK_THROWS_AS(writer.write({{Event{150, 0.0F, {nan}}}, 200}), Error);
    if (coding == kFloat32) {
      CHECK_THROWS_AS(writer.write({{Event{150, -infinity, {}}}, 200}), Error);
      CHECK_THROWS_AS(writer.write({{Event{150, 0.0F, {1.0001F}}}, 200}), Error);
    }
    CHECK_THROWS_AS(writer.finish({0, std::uint64_t{1} << 53U, 0}), Error);
    CHECK(writer.bytes_written() == size);

    writer.write({{Event{150, 0.0F, {}}}, 200});
    writer.finish({});
    CHECK_THROWS_AS(writer.write({{}, 300}), Error);
    CHECK_THROWS_AS(writer.finish({}), Error);
  }
}

TEST_CASE("event stream: headers that cannot stand in a file are not written") {
  const auto refused = [](auto change) {
    EventStreamHeader header = typical_header();
    change(header);
    std::size_t size = 0;
    CHECK_THROWS_AS(EventStreamWriter(header, [&](std::span<const std::byte> b) { size += b.size(); }),
                    Error);
    CHECK(size == 0);
  };
  refused([](auto& h) { h.sample_rate_hz = 0; });
  refused([](auto& h) { h.original_sample_rate_hz = 10'000'001; });
  refused([](auto& h) { h.original_channels = 0; });
  refused([](auto& h) { h.channels = 0; });
  refused([](auto& h) { h.channels = 3; });
  refused([](auto& h) { h.coding.vector_steps[0] = 0; });
  refused([](auto& h) { h.coding.vector_steps[31] = 4097; });
  refused([](auto& h) { h.coding.gain_step_centibels = 0; });
  refused([](auto& h) { h.coding.gain_step_centibels = 101; });
  refused([](auto& h) { h.coding.onset_step_samples = 0; });
  refused([](auto& h) { h.coding.onset_step_samples = 65536; });
  const auto refused_name = [&](const NumberName& number) {
    refused([&](auto& h) { h.names = {number}; });
    refused([&](auto& h) { h.names = {{"good", "Hz", 1.0F, 2.0F, true}, number}; });
  };
  for (const char* name : {"", "Pitch", "1st", "_a", "pi tch", "a\n", "t\xC3\xB6ne", "a-b"}) {
    refused_name({name, "", 0.0F, 1.0F, false});
  }
  refused_name({std::string(32, 'a'), "", 0.0F, 1.0F, false});
  for (const char* unit : {"sixteen letters!", "a\tb", "a\nb", "\xC3", "\x7F"}) {
    refused_name({"a", unit, 0.0F, 1.0F, false});
  }
  const float infinity = std::numeric_limits<float>::infinity();
  for (const auto& [low, high] :
       {std::pair(1.0F, 1.0F), {2.0F, 1.0F}, {-infinity, 1.0F}, {0.0F, infinity}, {NAN, 1.0F}, {0.0F, NAN}}) {
    refused_name({"a", "", low, high, false});
  }
  refused_name({"a", "", 0.0F, 1.0F, true});
  refused_name({"a", "", -1.0F, 1.0F, true});
  refused([](auto& h) { h.names.assign(2, {"same", "", 0.0F, 1.0F, false}); });
  refused([](auto& h) {
    for (int k = 0; k < 33; ++k) h.names.push_back({"n" + std::to_string(k), "", 0.0F, 1.0F, false});
  });
  refused([](auto& h) { h.model_id = std::string(256, 'm'); });
  refused([](auto& h) { h.model_id = "\xC0\xAF"; });
  refused([](auto& h) { h.tags.assign(257, {"A", "B"}); });
  refused([](auto& h) { h.tags = {{"", "value"}}; });
  refused([](auto& h) { h.tags = {{"A=B", "value"}}; });
  refused([](auto& h) { h.tags = {{"A\nB", "value"}}; });
  refused([](auto& h) { h.tags = {{"A", "caf\xE9"}}; });
  refused([](auto& h) { h.tags = {{"A", "\xED\xA0\x80"}}; });
  refused([](auto& h) { h.tags = {{"A", "\xF4\x90\x80\x80"}}; });
  refused([](auto& h) { h.tags = {{"A", std::string("a\0b", 3)}}; });
  refused([](auto& h) { h.tags = {{"A", std::string(70'000, 'v')}}; });
}

TEST_CASE("event stream: a sink that fails is heard, and nothing follows half a block") {
  const auto full = [](std::span<const std::byte>) { throw std::runtime_error("no space left"); };
  CHECK_THROWS_AS(EventStreamWriter(typical_header(), full), std::runtime_error);

  int calls = 0;
  EventStreamWriter writer(typical_header(), [&](std::span<const std::byte>) {
    if (++calls == 2) throw std::runtime_error("no space left");
  });
  CHECK_THROWS_AS(writer.write({{}, 100}), std::runtime_error);
  CHECK_THROWS_AS(writer.write({{}, 100}), Error);
  CHECK_THROWS_AS(writer.finish({}), Error);
  CHECK(calls == 2);
}
