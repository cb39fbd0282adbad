#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

// NOLINTBEGIN(bugprone-reserved-identifier)
/// Read by the leak sanitiser, where there is one: fontconfig keeps what it has found until the program ends.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:libfontconfig\n"; }
// NOLINTEND(bugprone-reserved-identifier)

int main(int argc, char** argv) { return doctest::Context(argc, argv).run(); }
