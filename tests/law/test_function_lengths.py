"""No function is longer than a screen."""

import pathlib
import unittest

import function_lengths

ROOT = pathlib.Path(__file__).resolve().parents[2]
MOST_LINES = 60
FOLDERS = ("apps", "examples", "formats", "lib", "models", "script", "tests")

CPP = '''#include "a.hpp"  // {
namespace a {
namespace {

constexpr int kTable[] = {
    1, 2};
struct Place {
  int at = 0;
  [[nodiscard]] int next() const { return at + 1; }
};

/// Comments are not counted {
Reader::Reader(int x)
    : first_{x}, second_(x) {
  if (x == '{') return;
}

template <typename T>
T sum(const std::vector<T>& all) {
  const auto add = [](T a, T b) {
    return a + b;
  };
  return std::accumulate(all.begin(), all.end(), T{}, add);  // }
}

}  // namespace

const char* words() { return R"(
  { not code )"; }

TEST_CASE("a {brace}") {
  CHECK(true);
}

}  // namespace a
'''
PYTHON = '''def outer(
        x):
    def inner():
        return x

    return inner


class Case:
    def test(self):
        pass
'''


def functions(path):
    text = path.read_text(encoding="utf-8")
    if path.suffix in (".cpp", ".hpp"):
        return function_lengths.functions_of_cpp(text)
    return function_lengths.functions_of_python(text)


def is_python(path):
    return path.suffix == ".py" or (not path.suffix and path.read_bytes().startswith(b"#!/usr/bin/env python3"))


class FunctionLengths(unittest.TestCase):
    def test_none_is_too_long(self):
        paths = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*")
                 if path.is_file() and (path.suffix in (".cpp", ".hpp") or is_python(path))]
        longer = {f"{path.relative_to(ROOT)} {name}": lines for path in paths for name, _, lines in functions(path) if lines > MOST_LINES}
        self.assertEqual(longer, {})

    def test_what_is_measured(self):
        self.assertEqual(function_lengths.functions_of_cpp(CPP),
                         [("next", 9, 1), ("Reader::Reader", 13, 4), ("sum", 18, 7), ("words", 28, 2), ("TEST_CASE", 31, 3)])
        self.assertEqual(sorted(function_lengths.functions_of_python(PYTHON)), [("inner", 3, 2), ("outer", 1, 6), ("test", 10, 2)])


if __name__ == "__main__":
    unittest.main()
