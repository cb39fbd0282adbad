#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include "lib/dsp/torch_compat.hpp"

int main(int argc, char** argv) {
  ictus::use_one_thread_per_caller();
  return doctest::Context(argc, argv).run();
}
