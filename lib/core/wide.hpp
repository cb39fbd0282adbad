// Loops that are compiled for processors with wide registers as well; the loader chooses.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define ICTUS_WIDE __attribute__((target_clones("avx512f", "arch=haswell", "default")))
#else
#define ICTUS_WIDE
#endif
