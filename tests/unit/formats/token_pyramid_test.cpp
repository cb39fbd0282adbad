#include <doctest/doctest.h>

#include <limits>
#include <stdexcept>

#include "block_helpers.hpp"
#include "pyramid_helpers.hpp"
#include "reading_by_blocks.hpp"
#include "stream_helpers.hpp"

using namespace ictus;
using namespace ictus::formats;
using namespace ictus::formats::testing;

namespace {

constexpr std::uint64_t kLastPosition = (std::uint64_t{1} << 53U) - 1;

void check_round_trip(const Pyramid& pyramid) {
  const PyramidReading reading = read_pyramid(written(pyramid));
  REQUIRE(reading.error == "");
  CHECK(*reading.header == pyramid.header);
  CHECK(reading.clips == pyramid.clips);
  CHECK(*reading.totals == pyramid.totals);
  CHECK(!reading.unfinished);
}

/// A labelled one, whose second clip zstd packs.
Pyramid small_pyramid() {
  Pyramid pyramid = testing::small_pyramid(5);
  pyramid.header.label = {"flute", 60, 100};
  pyramid.clips[1].scales[2].assign(30, 7);
  return pyramid;
}

/// The parts of a small pyramid and the blocks that its first clip consists of.
struct SmallParts {
  Bytes header;
  std::vector<Bytes> scales;
  Bytes second_clip;
};

SmallParts small_parts() {
  const Pyramid pyramid = small_pyramid();
  const std::vector<Bytes> parts = written_parts(pyramid);
  SmallParts result{parts[0], {}, parts[2]};
  auto at = parts[1].begin();
  for (const std::uint64_t size : {10, 11, 40}) {
    result.scales.emplace_back(at, at + static_cast<std::ptrdiff_t>(size));
    at += static_cast<std::ptrdiff_t>(size);
  }
  REQUIRE(at == parts[1].end());
  return result;
}

/// What stands in `some` is what `whole` begins with.
bool is_part_of(const TokenClip& some, const TokenClip& whole) {
  return some.columns == whole.columns && some.spectral_level_db == whole.spectral_level_db &&
         some.scales.size() < whole.scales.size() &&
         std::equal(some.scales.begin(), some.scales.end(), whole.scales.begin());
}

std::string content_of(std::initializer_list<int> bytes) {
  std::string content;
  for (const int byte : bytes) content.push_back(static_cast<char>(byte));
  return content;
}

/// The error of a file that has these blocks after its header.
std::string error_of(const std::vector<Bytes>& parts) {
  const PyramidReading reading = read_pyramid(joined(parts));
  CHECK(!reading.totals);
  return reading.error;
}

}  // namespace

TEST_CASE("token pyramid: random pyramids come back") {
  for (std::uint64_t seed = 0; seed < 80; ++seed) {
    CAPTURE(seed);
    check_round_trip(random_pyramid(seed, seed % 5));
  }
}

TEST_CASE("token pyramid: nothing at all comes back") {
  Pyramid pyramid;
  pyramid.header.shape.scales = {{1, 1}};
  check_round_trip(pyramid);
  pyramid.totals.original_length_samples = 2;  // too few samples to become one at a lower rate
  check_round_trip(pyramid);
}

TEST_CASE("token pyramid: the largest of everything comes back") {
  std::mt19937_64 random(3);
  Pyramid pyramid;
  TokenPyramidHeader& header = pyramid.header;
  header.sample_rate_hz = 10'000'000;
  header.original_sample_rate_hz = 10'000'000;
  header.original_channels = 65535;
  header.model_id = std::string(255, 'm');
  header.label = {std::string(64, 'f'), 127, 127};
  header.seed = std::numeric_limits<std::uint64_t>::max();
  header.tags.assign(256, {"Ünïcode 🎻", std::string(200, 'v')});
  header.shape = {1U << 24U, 4096, 65536, std::vector<GridSize>(32)};
  header.shape.scales.front() = {64, 4096};
  header.shape.scales.back() = {4096, 64};
  pyramid.clips = {random_clip(random, header.shape, 4096), random_clip(random, header.shape, 4095)};
  pyramid.clips[0].scales[0].assign(1U << 18U, 65535);
  pyramid.totals = {2, (2U << 24U) - 4096, kLastPosition};
  check_round_trip(pyramid);
}

TEST_CASE("token pyramid: seed 0 is a seed, and a label without a family is a label") {
  Pyramid pyramid = small_pyramid();
  pyramid.header.seed = 0;
  pyramid.header.label = {"", 0, 0};
  check_round_trip(pyramid);
  CHECK(!read_pyramid(written(small_pyramid())).header->seed);
}

TEST_CASE("token pyramid: the grid of a shorter clip") {
  const PyramidShape shape = typical_shape();
  for (std::size_t k = 0; k < shape.scales.size(); ++k) {
    CHECK(shape.grid(k, 16) == shape.scales[k]);
    CHECK(shape.grid(k, 1) == GridSize{shape.scales[k].rows, 1});
  }
  CHECK(shape.grid(7, 8) == GridSize{14, 7});
  CHECK(shape.grid(7, 9) == GridSize{14, 8});  // 7.875
  CHECK(shape.grid(6, 3) == GridSize{11, 3});  // 2.0625
  const PyramidShape finer{65536, 16, 2048, {{3, 4096}}};
  CHECK(finer.grid(0, 1) == GridSize{3, 256});
}

TEST_CASE("token pyramid: tokens are packed lowest bit first") {
  Pyramid pyramid;
  pyramid.header.shape = {1600, 16, 2048, {{1, 1}, {1, 3}}};
  pyramid.clips = {{16, -20.0F, {{0x7FF}, {0x001, 0x402, 0x2AA}}}};
  pyramid.totals = {1, 1600, 1600};
  const Bytes clip = written_parts(pyramid)[1];
  // 0x7FF; then 0x001 | 0x402 << 11 | 0x2AA << 22.
  CHECK(clip == joined({block_of(0x20, 1, content_of({16, 160, 0xFF, 0x07})),
                        block_of(0x21, 2, content_of({0x01, 0x10, 0xA0, 0xAA, 0x00}))}));
}

TEST_CASE("token pyramid: levels") {
  CHECK(quantised_level_db(0.0F) == 0.0F);
  CHECK(quantised_level_db(-20.3F) == -20.5F);
  CHECK(quantised_level_db(27.5F) == 27.5F);
  CHECK(quantised_level_db(std::numeric_limits<float>::infinity()) == 27.5F);
  CHECK(quantised_level_db(-99.5F) == -99.5F);
  CHECK(!quantised_level_db(-99.6F));
  CHECK(!quantised_level_db(-std::numeric_limits<float>::infinity()));
  CHECK_THROWS_AS((void)quantised_level_db(std::numeric_limits<float>::quiet_NaN()), Error);

  Pyramid pyramid = small_pyramid();
  pyramid.clips[0].spectral_level_db = -20.3F;
  pyramid.clips[2].spectral_level_db = -120.0F;
  const PyramidReading reading = read_pyramid(written(pyramid));
  CHECK(reading.clips[0].spectral_level_db == -20.5F);
  CHECK(!reading.clips[2].spectral_level_db);
}

TEST_CASE("token pyramid: levels are told in dB re full scale, wherever that lies in the file") {
  Pyramid pyramid = small_pyramid();
  CHECK(full_scale_db(22.5F, pyramid.header) == doctest::Approx(0.2));  // of windows of 1024 samples
  CHECK(full_scale_db(-20.0F, pyramid.header) == doctest::Approx(-42.3));
  for (const int full_scale_centibels : {-1000, 0, 163, 1000}) {
    pyramid.header.full_scale_centibels = static_cast<std::int16_t>(full_scale_centibels);
    check_round_trip(pyramid);
    CHECK(full_scale_db(-20.0F, pyramid.header) == doctest::Approx(-20.0 - full_scale_centibels / 10.0));
  }
  for (const int beyond : {-32768, -1001, 1001}) {
    pyramid.header.full_scale_centibels = static_cast<std::int16_t>(beyond);
    CHECK_THROWS_WITH_AS((void)written(pyramid), doctest::Contains("tenths of a dB"), Error);
  }
}

TEST_CASE("token pyramid: a source that gives one byte at a time makes no difference") {
  const Bytes bytes = written(random_pyramid(11, 4));
  const PyramidReading reading = read_pyramid(bytes);
  CHECK(reading.error == "");
  for (const std::size_t step : {1, 7, 64}) CHECK(read_pyramid(bytes, step) == reading);
}

TEST_CASE("token pyramid: a reader asks for nothing beyond the clip it returns") {
  check_that_it_reads_by_blocks<TokenPyramidReader>(
      written_parts(small_pyramid()), [](const TokenPyramidReader& reader) { CHECK(!reader.unfinished()); });
}

TEST_CASE("token pyramid: the same pyramid gives the same bytes, one call of the sink per clip") {
  const Pyramid pyramid = random_pyramid(12, 4);
  check_that_it_writes_by_parts<TokenPyramidWriter>(pyramid.header, pyramid.clips, pyramid.totals);
}

TEST_CASE("token pyramid: what was read and written again is the same") {
  const Bytes bytes = written(random_pyramid(13, 4));
  const PyramidReading reading = read_pyramid(bytes);
  CHECK(written({*reading.header, reading.clips, *reading.totals}) == bytes);
}

TEST_CASE("token pyramid: the overhead stays small") {
  std::mt19937_64 random(14);
  Pyramid pyramid{typical_pyramid_header(), {random_clip(random, typical_shape(), 16)}, {1, 64000, 64000}};
  const std::vector<Bytes> parts = written_parts(pyramid);
  MESSAGE("header " << parts[0].size() << " + clip " << parts[1].size() << " + end " << parts[2].size()
                    << " bytes");
  CHECK(parts[0].size() + parts[2].size() <= 104);
  CHECK(parts[1].size() <= 670);

  // Each scale's tokens, 6 bytes of framing (7 from 128 bytes on), and the head of the clip.
  const PyramidReading reading = read_pyramid(joined(parts));
  const std::vector<std::uint64_t> expected = {2 + 6 + 2, 6 + 6,  13 + 6,  22 + 6,
                                               50 + 6,    88 + 6, 167 + 7, 270 + 7};
  CHECK(reading.scale_bytes == expected);
  pyramid.clips = {{16, {}, {}}};
  CHECK(written_parts(pyramid)[1].size() == 8);

  pyramid.header.label = {"flute", 60, 100};
  CHECK(written_parts(pyramid)[0].size() <= 115);
  pyramid.header.seed = 1;
  CHECK(written_parts(pyramid)[0].size() <= 118);
  pyramid.header = typical_pyramid_header();
  pyramid.header.original_sample_rate_hz = 44100;
  pyramid.header.original_channels = 2;
  CHECK(written_parts(pyramid)[0].size() <= 103);
}

TEST_CASE("token pyramid: cut short at every byte, it keeps the whole clips and scales") {
  const Pyramid pyramid = small_pyramid();
  const std::vector<Bytes> parts = written_parts(pyramid);
  const Bytes bytes = joined(parts);
  std::size_t most_unfinished = 0;
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    CAPTURE(length);
    const PyramidReading reading = read_pyramid(std::span(bytes).first(length));
    REQUIRE(reading.error != "");
    const auto [whole, end] = whole_parts(parts, length);
    REQUIRE(reading.header.has_value() == (length >= parts[0].size()));
    REQUIRE(reading.damaged == (length >= parts[0].size()));
    REQUIRE(!reading.totals);
    REQUIRE(reading.clips.size() == whole);
    REQUIRE(begins_with(pyramid.clips, reading.clips));
    if (reading.unfinished) {
      REQUIRE(is_part_of(*reading.unfinished, pyramid.clips[whole]));
      most_unfinished = std::max(most_unfinished, reading.unfinished->scales.size());
    }
    // Every byte that was there is accounted for, but those of the block that is cut.
    std::uint64_t in_scales = 0;
    for (const std::uint64_t of_scale : reading.scale_bytes) in_scales += of_scale;
    if (reading.header) REQUIRE(in_scales >= end - parts[0].size());
  }
  CHECK(most_unfinished == 2);
}

TEST_CASE("token pyramid: cut between two scales, it keeps those before") {
  const Pyramid pyramid = small_pyramid();
  const SmallParts parts = small_parts();
  for (std::size_t kept = 0; kept < 3; ++kept) {
    Bytes bytes = parts.header;
    for (std::size_t k = 0; k < kept; ++k) bytes = joined({bytes, parts.scales[k]});
    const PyramidReading reading = read_pyramid(bytes);
    CHECK(contains(reading.error, "cut short: it ends here without an end block"));
    REQUIRE(reading.unfinished.has_value() == (kept > 0));
    if (kept > 0) {
      CHECK(reading.unfinished->scales.size() == kept);
      CHECK(is_part_of(*reading.unfinished, pyramid.clips[0]));
    }
  }
}

TEST_CASE("token pyramid: any change of any byte is noticed, and what comes before it is right") {
  const Pyramid pyramid = small_pyramid();
  const std::vector<Bytes> parts = written_parts(pyramid);
  const Bytes bytes = joined(parts);
  for_each_change(bytes, [&](const Bytes& changed, std::size_t at) {
    const PyramidReading reading = read_pyramid(changed);
    REQUIRE(reading.error != "");
    REQUIRE(!reading.totals);
    REQUIRE(begins_with(pyramid.clips, reading.clips));
    if (reading.unfinished) {
      REQUIRE(is_part_of(*reading.unfinished, pyramid.clips[reading.clips.size()]));
    }
    if (at < parts[0].size()) REQUIRE(!reading.header);
  });
}

TEST_CASE("token pyramid: a block missing, twice or in another place is damage") {
  const std::vector<Bytes> parts = written_parts(small_pyramid());
  const auto check_damaged = [](const std::vector<Bytes>& changed, std::size_t whole) {
    const PyramidReading reading = read_pyramid(joined(changed));
    CHECK(reading.damaged);
    CHECK(reading.clips.size() == whole);
  };
  check_damaged({parts[0], parts[2], parts[3], parts[4], parts[5]}, 0);
  check_damaged({parts[0], parts[1], parts[1], parts[2], parts[3], parts[4], parts[5]}, 1);
  check_damaged({parts[0], parts[1], parts[3], parts[2], parts[4], parts[5]}, 1);
  check_damaged({parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], parts[5]}, 4);
  check_damaged({parts[0], parts[1], parts[2], parts[3], parts[4]}, 4);
  // Even with the right checksum, the end block's totals tell.
  check_damaged({parts[0], parts[1], renumbered(parts[5], 4)}, 1);
}

TEST_CASE("token pyramid: after damage nothing more is read, and the scales before it stay") {
  std::vector<Bytes> parts = written_parts(small_pyramid());
  parts[2].back() ^= std::byte{1};
  const Bytes bytes = joined(parts);
  TokenPyramidReader reader(source_of(bytes));
  CHECK(reader.next());
  for (int i = 0; i < 2; ++i) {
    CHECK_THROWS_AS((void)reader.next(), DamagedInput);
    CHECK(reader.unfinished()->scales.size() == 2);
    CHECK(!reader.totals());
  }
}

TEST_CASE("token pyramid: messages say block and byte") {
  SmallParts parts = small_parts();
  parts.scales[1].back() ^= std::byte{1};
  const std::size_t offset = parts.header.size() + parts.scales[0].size();
  CHECK(error_of({parts.header, parts.scales[0], parts.scales[1]}) ==
        "block 2 at byte " + std::to_string(offset) + ": its checksum does not match");
}

TEST_CASE("token pyramid: other files are refused by name") {
  Bytes bytes = written(small_pyramid());
  Stream stream;
  const Bytes other = written(stream);
  CHECK(read_pyramid(other).error == "the input is an event stream, not a token pyramid");
  CHECK(read(bytes).error == "the input is a token pyramid, not an event stream");
  CHECK(format_of(bytes) == &kTokenPyramidFormat);
  CHECK(format_of(other) == &kEventStreamFormat);
  CHECK(format_of(std::span(bytes).first(4)) == &kTokenPyramidFormat);
  CHECK(format_of(std::span(bytes).first(3)) == nullptr);

  const std::string wave = "RIFF\x24\x08\x00\x00WAVEfmt ";
  CHECK(read_pyramid(std::as_bytes(std::span(wave))).error == "the input is not a token pyramid");
  CHECK(read_pyramid({}).error == "the input is empty");

  bytes[8] = std::byte{2};
  CHECK(read_pyramid(bytes).error ==
        "the token pyramid is of format version 2; this program reads version 1");
  bytes.erase(bytes.begin() + 4);  // CR LF became LF
  CHECK(read_pyramid(bytes).error == "the signature of the token pyramid is damaged");
}

TEST_CASE("token pyramid: blocks of unknown kinds") {
  const auto [header, scales, second_clip] = small_parts();
  const Bytes with_skippable =
      joined({header, block_of(0xB5, 1, "whatever"), renumbered(scales[0], 2), block_of(0xA0, 3, ""),
              renumbered(scales[1], 4), renumbered(scales[2], 5),
              block_of(0x03, 6, content_of({1, 0xA0, 0x1F, 0}))});
  const PyramidReading reading = read_pyramid(with_skippable);
  CHECK(reading.error == "");
  CHECK(reading.clips.size() == 1);
  // Blocks that are passed over belong to no scale.
  CHECK(reading.scale_bytes == std::vector<std::uint64_t>{10, 11, 40});

  for (const int kind : {0x02, 0x04, 0x1F}) {
    const PyramidReading critical =
        read_pyramid(joined({header, scales[0], block_of(static_cast<std::uint8_t>(kind), 2, "whatever")}));
    CHECK(!critical.damaged);
    CHECK(contains(critical.error,
                   "is of kind " + std::to_string(kind) + ", which this version does not know"));
    CHECK(critical.unfinished->scales.size() == 1);
  }
}

TEST_CASE("token pyramid: blocks out of order") {
  const auto [header, scales, second_clip] = small_parts();
  const Bytes end = block_of(0x03, 2, content_of({1, 0xA0, 0x1F, 0}));
  CHECK(contains(error_of({header, renumbered(scales[1], 1)}), "it is scale 1 where scale 0 was expected"));
  CHECK(contains(error_of({header, scales[0], renumbered(scales[0], 2)}),
                 "it is scale 0 where scale 1 was expected"));
  CHECK(contains(error_of({header, scales[0], renumbered(scales[2], 2)}),
                 "it is scale 2 where scale 1 was expected"));
  CHECK(contains(error_of({header, scales[0], block_of(0x23, 2, "")}),
                 "it is scale 3 of a pyramid that ends with scale 2"));
  CHECK(contains(error_of({header, scales[0], end}), "the end block stands where scale 1 was expected"));
  const Bytes bare_header(header.begin() + 9, header.end());
  CHECK(contains(error_of({header, scales[0], renumbered(bare_header, 2)}), "second header"));
}

TEST_CASE("token pyramid: clips that are not sound") {
  const auto [header, scales, second_clip] = small_parts();
  const auto error_of_first = [&, &head = header](std::initializer_list<int> bytes) {
    return error_of({head, block_of(0x20, 1, content_of(bytes))});
  };
  // Columns, level, one token of 9 bits.
  CHECK(contains(error_of_first({8, 100, 0x2B, 0x01}), "cut short: it ends here"));  // 299, the last one
  CHECK(contains(error_of_first({8, 100, 0x2C, 0x01}), "token 0 is 300, outside the codebook of 300"));
  CHECK(contains(error_of_first({8, 100, 0x2B, 0x03}), "the unused bits after its tokens are not 0"));
  CHECK(contains(error_of_first({8, 100, 0x2B, 0x81}), "the unused bits after its tokens are not 0"));
  CHECK(contains(error_of_first({8, 100, 0x2B}), "it has 1 byte for tokens that take 2"));
  CHECK(contains(error_of_first({8, 100}), "it has 0 bytes for tokens that take 2"));
  CHECK(contains(error_of_first({8, 100, 0x2B, 0x01, 0}), "there is more after its tokens: 1 byte"));
  CHECK(contains(error_of_first({0, 100, 0x2B, 0x01}), "a clip of 0 columns is outside 1 to 8"));
  CHECK(contains(error_of_first({9, 100, 0x2B, 0x01}), "a clip of 9 columns is outside 1 to 8"));
  CHECK(contains(error_of_first({0xFF, 0x7F, 100}), "a clip of 16383 columns is outside 1 to 8"));
  CHECK(contains(error_of_first({8, 0, 0}), "there is more after a silent clip: 1 byte"));
  for (const auto& bytes : {content_of({}), content_of({8}), content_of({0x88, 0x00, 100}),
                            content_of({0x88, 0x80, 0x01, 100}), content_of({0x88})}) {
    CHECK(contains(error_of({header, block_of(0x20, 1, bytes)}),
                   "it does not begin with the columns and the level of a clip"));
  }
  CHECK(contains(error_of({header, block_of(0x20, 1, content_of({7, 0})), block_of(0x20, 2, "\x08\x64")}),
                 "a clip follows one of 7 columns; only the last may have fewer than 8"));
  CHECK(contains(error_of({header, scales[0], block_of(0x21, 2, content_of({1, 2, 3, 4}))}),
                 "it has 4 bytes for tokens that take 5"));
  // The second scale of a clip of one column has 2 x 1 tokens.
  CHECK(contains(error_of({header, block_of(0x20, 1, content_of({1, 9, 0, 0})), block_of(0x21, 2, "12345")}),
                 "there is more after its tokens: 2 bytes"));
}

TEST_CASE("token pyramid: ends that are not sound") {
  const auto [header, scales, second_clip] = small_parts();
  // A whole clip and one of 3 columns, both silent: 4000 + 1500 samples.
  const Bytes clips =
      joined({header, block_of(0x20, 1, content_of({8, 0})), block_of(0x20, 2, content_of({3, 0}))});
  const auto error_of_end = [&](const std::string& content) {
    return read_pyramid(joined({clips, block_of(0x03, 3, content)})).error;
  };
  const auto totals = [](std::uint64_t count, std::uint64_t length, std::uint64_t original_length) {
    std::vector<std::uint8_t> bytes;
    for (const std::uint64_t value : {count, length, original_length}) append_varint(bytes, value);
    return std::string(bytes.begin(), bytes.end());
  };
  CHECK(error_of_end(totals(2, 5500, kLastPosition)) == "");
  CHECK(error_of_end(totals(2, 4001, 0)) == "");
  const char* outside = "does not end in the last clip, which covers samples 4000 to 5499";
  CHECK(contains(error_of_end(totals(2, 4000, 0)), outside));
  CHECK(contains(error_of_end(totals(2, 5501, 0)), outside));
  CHECK(contains(error_of_end(totals(2, 0, 0)), outside));
  CHECK(contains(error_of_end(totals(3, 5500, 0)), "it counts 3 clips where there are 2"));
  CHECK(contains(error_of_end(totals(2, 5500, kLastPosition + 1)), "a length is above"));
  CHECK(contains(error_of_end(totals(2, 5500, 0) + "??"), "there is more after its totals: 2 bytes"));
  for (const auto& bytes : {content_of({}), content_of({2, 0xFC, 0x2A}), content_of({2, 0xFC, 0xAA, 0x00, 0}),
                            content_of({2, 0xFC, 0x2A, 255, 255, 255, 255, 255, 255, 255, 255, 1})}) {
    CHECK(contains(error_of_end(bytes), "its totals are not three whole numbers in their shortest form"));
  }
  const Bytes nothing = joined({header, block_of(0x03, 1, totals(0, 5, 5))});
  CHECK(contains(read_pyramid(nothing).error, "a length of 5 samples is stated where there are no clips"));
  const Bytes more = joined({clips, block_of(0x03, 3, totals(2, 5500, 5500)), {std::byte{0}}});
  CHECK(contains(read_pyramid(more).error, "after the end block"));
}

TEST_CASE("token pyramid: sizes above the limits are refused before their bytes are asked for") {
  Bytes bytes = small_parts().header;
  for (const int byte : {0x60, 0x01, 0x81, 0x80, 0x40}) bytes.push_back(static_cast<std::byte>(byte));
  const std::size_t size = bytes.size();
  bytes.resize(size + (std::size_t{4} << 20U));
  TokenPyramidReader reader(source_of(bytes));
  CHECK_THROWS_WITH_AS((void)reader.next(),
                       ("block 1 at byte " + std::to_string(size - 5) +
                        ": its content size of 1048577 bytes is above the limit of 1048576")
                           .c_str(),
                       DamagedInput);
  CHECK(reader.bytes_read() == size);
}

TEST_CASE("token pyramid: what cannot stand in a file is not written") {
  const Pyramid pyramid = small_pyramid();
  TokenPyramidWriter writer(pyramid.header, [](std::span<const std::byte>) {});
  writer.write(pyramid.clips[0]);
  const std::uint64_t size = writer.bytes_written();
  const auto refused = [&](auto change) {
    TokenClip clip = pyramid.clips[0];
    change(clip);
    CHECK_THROWS_AS(writer.write(clip), Error);
  };
  refused([](auto& c) { c.columns = 0; });
  refused([](auto& c) { c.columns = 9; });
  refused([](auto& c) { c.columns = 4; });  // the tokens are those of a whole clip
  refused([](auto& c) { c.spectral_level_db = std::numeric_limits<float>::quiet_NaN(); });
  refused([](auto& c) { c.spectral_level_db.reset(); });
  refused([](auto& c) { c.spectral_level_db = -100.0F; });
  refused([](auto& c) { c.scales.pop_back(); });
  refused([](auto& c) { c.scales.clear(); });
  refused([](auto& c) { c.scales.push_back({1}); });
  refused([](auto& c) { c.scales[1].push_back(1); });
  refused([](auto& c) { c.scales[2].pop_back(); });
  refused([](auto& c) { c.scales[2].back() = 300; });
  CHECK_THROWS_AS(writer.finish({0, 0, 0}), Error);
  CHECK_THROWS_AS(writer.finish({0, 4001, 0}), Error);
  CHECK_THROWS_AS(writer.finish({0, 4000, kLastPosition + 1}), Error);
  CHECK(writer.bytes_written() == size);

  writer.write({5, {}, {}});
  CHECK_THROWS_AS(writer.write(pyramid.clips[0]), Error);
  CHECK_THROWS_AS(writer.write({1, {}, {}}), Error);
  CHECK_THROWS_AS(writer.finish({0, 4000, 0}), Error);
  writer.finish({0, 4001, 0});
  CHECK_THROWS_WITH_AS(writer.write(pyramid.clips[0]),
                       "nothing can be written to a token pyramid that is finished or has failed", Error);
  CHECK_THROWS_AS(writer.finish({0, 4001, 0}), Error);

  TokenPyramidWriter empty(pyramid.header, [](std::span<const std::byte>) {});
  CHECK_THROWS_AS(empty.finish({0, 1, 1}), Error);
  empty.finish({});
}

TEST_CASE("token pyramid: headers that cannot stand in a file are not written") {
  const auto refused = [](const std::string& what, auto change) {
    CAPTURE(what);
    TokenPyramidHeader header = small_pyramid().header;
    change(header);
    std::size_t size = 0;
    try {
      const TokenPyramidWriter writer(header, [&](std::span<const std::byte> b) { size += b.size(); });
      FAIL("not refused");
    } catch (const Error& error) {
      CHECK(contains(error.what(), what));
    }
    CHECK(size == 0);
  };
  refused("sample rate of 0 Hz", [](auto& h) { h.sample_rate_hz = 0; });
  refused("channels is 0", [](auto& h) { h.original_channels = 0; });
  refused("model id is longer", [](auto& h) { h.model_id = std::string(256, 'm'); });
  refused("tag 0 has no field name", [](auto& h) { h.tags = {{"", "value"}}; });
  refused("control character", [](auto& h) { h.tags = {{"A=B", "value"}}; });
  refused("header with its tags takes", [](auto& h) { h.tags = {{"A", std::string(70'000, 'v')}}; });

  refused("a clip of 0 samples", [](auto& h) { h.shape.clip_samples = 0; });
  refused("a clip of 16777224 samples", [](auto& h) { h.shape.clip_samples = (1U << 24U) + 8; });
  refused("a clip of 0 columns", [](auto& h) { h.shape.clip_columns = 0; });
  refused("a clip of 4097 columns", [](auto& h) { h.shape.clip_columns = 4097; });
  refused("cannot be divided into 7 columns", [](auto& h) { h.shape.clip_columns = 7; });
  refused("a codebook of 1 entries", [](auto& h) { h.shape.codebook_size = 1; });
  refused("a codebook of 65537 entries", [](auto& h) { h.shape.codebook_size = 65537; });
  refused("a number of 0 scales", [](auto& h) { h.shape.scales.clear(); });
  refused("a number of 33 scales", [](auto& h) { h.shape.scales.assign(33, {1, 1}); });
  refused("the grid of scale 1, 0 x 2, has a side", [](auto& h) { h.shape.scales[1].rows = 0; });
  refused("the grid of scale 1, 2 x 0, has a side", [](auto& h) { h.shape.scales[1].columns = 0; });
  refused("the grid of scale 0, 4097 x 1, has a side", [](auto& h) { h.shape.scales[0].rows = 4097; });
  refused("the grid of scale 2, 65 x 4096, holds more than 262144 tokens", [](auto& h) {
    h.shape.scales[2] = {65, 4096};
  });

  refused("family of the label is longer", [](auto& h) { h.label->family = std::string(65, 'f'); });
  refused("family of the label is not well-formed UTF-8", [](auto& h) { h.label->family = "fl\xFCte"; });
  refused("family of the label has a control character", [](auto& h) { h.label->family = "fl\tute"; });
  refused("a pitch of 128", [](auto& h) { h.label->pitch = 128; });
  refused("a velocity of 128", [](auto& h) { h.label->velocity = 128; });
}

TEST_CASE("token pyramid: a sink that fails is heard, and nothing follows half a clip") {
  const Pyramid pyramid = small_pyramid();
  const auto full = [](std::span<const std::byte>) { throw std::runtime_error("no space left"); };
  CHECK_THROWS_AS(TokenPyramidWriter(pyramid.header, full), std::runtime_error);

  int calls = 0;
  TokenPyramidWriter writer(pyramid.header, [&](std::span<const std::byte>) {
    if (++calls == 2) throw std::runtime_error("no space left");
  });
  CHECK_THROWS_AS(writer.write(pyramid.clips[0]), std::runtime_error);
  CHECK_THROWS_AS(writer.write(pyramid.clips[0]), Error);
  CHECK_THROWS_AS(writer.finish({}), Error);
  CHECK(calls == 2);
}
