#include "formats/safetensors.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

#include "lib/core/error.hpp"
#include "tests/unit/message_of.hpp"

using namespace ictus;
using namespace ictus::formats;

namespace {

/// A file by hand: length, header, `data_bytes` bytes counting up.
std::vector<std::byte> file_of(const std::string& header, std::size_t data_bytes) {
  std::vector<std::byte> bytes;
  for (unsigned k = 0; k < 8; ++k)
    bytes.push_back(static_cast<std::byte>(std::uint64_t{header.size()} >> 8 * k));
  for (const char c : header) bytes.push_back(static_cast<std::byte>(c));
  for (std::size_t i = 0; i < data_bytes; ++i) bytes.push_back(static_cast<std::byte>(i));
  return bytes;
}

std::string error_of(std::span<const std::byte> bytes) {
  return tests::message_of([&] { return parse_safetensors(bytes, "weights"); });
}

void check_refused(const std::string& header, std::size_t data_bytes, const std::string& what) {
  CAPTURE(header);
  const std::string error = error_of(file_of(header, data_bytes));
  CHECK(error.starts_with("weights, byte "));
  CHECK_MESSAGE(error.find(what) != std::string::npos, error);
}

bool same(const TensorFile& a, const TensorFile& b) {
  return a.metadata == b.metadata &&
         std::equal(a.tensors.begin(), a.tensors.end(), b.tensors.begin(), b.tensors.end(),
                    [](const auto& x, const auto& y) {
                      return x.first == y.first && x.second.dtype == y.second.dtype &&
                             x.second.shape == y.second.shape && x.second.data == y.second.data;
                    });
}

TensorFile random_file(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  constexpr std::array<std::pair<DType, std::size_t>, 7> kTypes = {{{DType::f16, 2},
                                                                    {DType::bf16, 2},
                                                                    {DType::f32, 4},
                                                                    {DType::f64, 8},
                                                                    {DType::i64, 8},
                                                                    {DType::i32, 4},
                                                                    {DType::u8, 1}}};
  TensorFile file;
  for (std::size_t i = 0; i < random() % 4; ++i) file.metadata["key " + std::to_string(i)] = "\"\n\t\\ é";
  for (std::size_t i = 0; i < random() % 12; ++i) {
    const auto& [dtype, size] = kTypes[random() % kTypes.size()];
    RawTensor tensor{dtype, {}, std::vector<std::byte>(size)};
    for (std::size_t d = 0; d < random() % 4; ++d) {
      tensor.shape.push_back(static_cast<std::int64_t>(random() % 5));
      tensor.data.resize(tensor.data.size() * static_cast<std::size_t>(tensor.shape.back()));
    }
    for (std::byte& byte : tensor.data) byte = static_cast<std::byte>(random());
    file.tensors["layer." + std::to_string(random() % 100)] = tensor;
  }
  return file;
}

}  // namespace

TEST_CASE("safetensors: a file made by hand") {
  const std::string header =
      R"({"__metadata__":{"format":"pt"},"b":{"dtype":"F16","shape":[],"data_offsets":[24,26]},)"
      R"("a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},)"
      R"("e":{"dtype":"I64","shape":[3,0,5],"data_offsets":[26,26]}})";
  const TensorFile file = parse_safetensors(file_of(header + "   ", 26), "weights");
  CHECK(file.metadata == std::map<std::string, std::string>{{"format", "pt"}});
  REQUIRE(file.tensors.size() == 3);
  CHECK(file.tensors.at("a").dtype == DType::f32);
  CHECK(file.tensors.at("a").shape == std::vector<std::int64_t>{2, 3});
  CHECK(file.tensors.at("a").data.size() == 24);
  CHECK(file.tensors.at("a").data[23] == std::byte{23});
  CHECK(file.tensors.at("b").dtype == DType::f16);
  CHECK(file.tensors.at("b").data == std::vector{std::byte{24}, std::byte{25}});
  CHECK(file.tensors.at("e").data.empty());
}

TEST_CASE("safetensors: nothing at all") {
  CHECK(parse_safetensors(file_of("{}", 0), "weights").tensors.empty());
  CHECK(same(parse_safetensors(serialise_safetensors({}), "weights"), {}));
}

TEST_CASE("safetensors: the bytes that are written") {
  TensorFile file;
  file.tensors["b"] = {DType::u8, {1}, {std::byte{7}}};
  file.tensors["a"] = {DType::u8, {2}, {std::byte{8}, std::byte{9}}};
  file.tensors["c"] = {DType::i32, {1}, {std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}}};
  const std::vector<std::byte> bytes = serialise_safetensors(file);
  const std::string header = R"({"a":{"data_offsets":[4,6],"dtype":"U8","shape":[2]},)"
                             R"("b":{"data_offsets":[6,7],"dtype":"U8","shape":[1]},)"
                             R"("c":{"data_offsets":[0,4],"dtype":"I32","shape":[1]}})";
  std::vector<std::byte> expected = file_of(header + std::string((8 - header.size() % 8) % 8, ' '), 0);
  for (const int value : {1, 2, 3, 4, 8, 9, 7}) expected.push_back(static_cast<std::byte>(value));
  CHECK(bytes == expected);
}

TEST_CASE("safetensors: random files come back, and the same content gives the same bytes") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    const TensorFile file = random_file(seed);
    const std::vector<std::byte> bytes = serialise_safetensors(file);
    const TensorFile again = parse_safetensors(bytes, "weights");
    CHECK(same(again, file));
    CHECK(serialise_safetensors(again) == bytes);
  }
}

TEST_CASE("safetensors: cut short at every byte or longer by one, it is refused") {
  std::vector<std::byte> bytes = serialise_safetensors(random_file(7));
  REQUIRE(bytes.size() > 200);
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    CAPTURE(length);
    CHECK(error_of(std::span(bytes).first(length)) != "");
  }
  bytes.push_back(std::byte{0});
  CHECK(error_of(bytes) != "");
}

TEST_CASE("safetensors: stated header sizes beyond the file or the limit") {
  std::vector<std::byte> bytes = file_of("{}", 0);
  bytes[0] = std::byte{3};
  CHECK(error_of(bytes) == "weights, byte 0: the header is stated to have 3 bytes, but only 2 follow");
  for (int k = 0; k < 8; ++k) bytes[static_cast<std::size_t>(k)] = std::byte{0xFF};
  CHECK(error_of(bytes).find("more than 10000000") != std::string::npos);
  CHECK(error_of(std::span(bytes).first(5)) == "weights, byte 5: the file ends within its first 8 bytes");
}

TEST_CASE("safetensors: bad JSON") {
  check_refused("", 0, "does not begin with '{'");
  check_refused("[]", 0, "does not begin with '{'");
  check_refused(" {}", 0, "does not begin with '{'");
  check_refused("{", 0, "not well-formed JSON");
  check_refused("{} x", 0, "not well-formed JSON");
  check_refused("{\"a\":1e999}", 0, "number that is too large");
  check_refused("{\"\xFF\":{}}", 0, "not well-formed JSON");
  check_refused(R"({"a":{"x":1,"x":2}})", 0, R"(has the key "x" twice)");
  check_refused(R"({"a":{},"a":{}})", 0, R"(has the key "a" twice)");
  check_refused("{\"a\":" + std::string(100'000, '['), 0, "nested too deeply");
}

TEST_CASE("safetensors: bad metadata") {
  check_refused(R"({"__metadata__":[]})", 0, "not an object");
  check_refused(R"({"__metadata__":{"a":1}})", 0, "is not a string");
}

TEST_CASE("safetensors: bad tensors") {
  check_refused(R"({"a":1})", 0, R"(tensor "a" is not described by an object)");
  check_refused(R"({"a":{"shape":[1],"data_offsets":[0,4]}})", 4, "has no element type");
  check_refused(R"({"a":{"dtype":"F8","shape":[1],"data_offsets":[0,1]}})", 1, R"(element type "F8")");
  check_refused(R"({"a":{"dtype":7,"shape":[1],"data_offsets":[0,1]}})", 1, "has no element type");
  check_refused(R"({"a":{"dtype":"F32","data_offsets":[0,4]}})", 4, "has no shape");
  check_refused(R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", 4,
                "dimension that is no whole");
  check_refused(R"({"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}})", 4,
                "dimension that is no whole");
  check_refused(R"({"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}})", 4,
                "dimension that is no whole");
  check_refused(R"({"a":{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,4]}})", 4,
                "dimension that is no whole");
  check_refused(R"({"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}})", 0,
                "shape that is too large");
  check_refused(R"({"a":{"dtype":"F32","shape":[0,9223372036854775807,9],"data_offsets":[0,0]}})", 0,
                "shape that is too large");
  check_refused(R"({"a":{"dtype":"U8","shape":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],"data_offsets":[0,1]}})", 1,
                "more than 16 dimensions");
  check_refused(R"({"a":{"dtype":"F32","shape":[1]}})", 4, "no pair of data offsets");
  check_refused(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}})", 4, "no pair of data offsets");
  check_refused(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,-4]}})", 4,
                "data offset that is no whole");
  check_refused(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}})", 4, "stated to lie from 0 to 8");
  check_refused(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}})", 4, "stated to lie from 4 to 0");
  check_refused(
      R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[9223372036854775803,9223372036854775807]}})", 4,
      "stated to lie from");
  check_refused(R"({"a":{"dtype":"F16","shape":[1],"data_offsets":[0,4]}})", 4,
                "has 4 bytes, but its shape and type need 2");
}

TEST_CASE("safetensors: data that overlap or belong to nobody") {
  const std::string a = R"("a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]})";
  check_refused("{" + a + R"(,"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 4, R"("b" overlaps)");
  check_refused("{" + a + R"(,"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}})", 6, R"("b" overlaps)");
  check_refused("{" + a + R"(,"b":{"dtype":"F32","shape":[1],"data_offsets":[6,10]}})", 10, "to no tensor");
  check_refused("{" + a + "}", 5, "to no tensor");
  check_refused("{}", 1, "to no tensor");
}

TEST_CASE("safetensors: names in messages are short and harmless") {
  const std::string error = error_of(file_of("{\"\\u001b[2J" + std::string(1000, 'x') + "\":1}", 0));
  CHECK(error.size() < 150);
  CHECK(error.find('\x1B') == std::string::npos);
}

TEST_CASE("safetensors: what is no file is not written") {
  TensorFile file;
  file.tensors["a"] = {DType::f32, {2}, std::vector<std::byte>(7)};
  CHECK_THROWS_AS((void)serialise_safetensors(file), Error);
  file.tensors["a"] = {DType::f32, {-2}, std::vector<std::byte>(8)};
  CHECK_THROWS_AS((void)serialise_safetensors(file), Error);
  file.tensors["a"] = {DType::u8, std::vector<std::int64_t>(17, 1), std::vector<std::byte>(1)};
  CHECK_THROWS_AS((void)serialise_safetensors(file), Error);
  file.tensors = {{"__metadata__", {DType::u8, {0}, {}}}};
  CHECK_THROWS_AS((void)serialise_safetensors(file), Error);
  file.tensors = {{"\xFF", {DType::u8, {0}, {}}}};
  CHECK_THROWS_AS((void)serialise_safetensors(file), Error);
}

TEST_CASE("content_hash: known values of XXH3-128") {
  const auto hex = [](std::string_view text) {
    std::string result;
    for (const std::uint8_t byte : content_hash(std::as_bytes(std::span(text)))) {
      result += "0123456789abcdef"[byte >> 4U];
      result += "0123456789abcdef"[byte & 15U];
    }
    return result;
  };
  CHECK(hex("") == "99aa06d3014798d86001c324468d497f");
}
