# find_package(ictus): the target ictus::ictus, which needs C++20 or, for ictus/events.h, C.
include(${CMAKE_CURRENT_LIST_DIR}/ictus-targets.cmake)
