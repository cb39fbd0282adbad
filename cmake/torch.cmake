# ictus_torch: libtorch as a target whose headers are not judged by our warnings.
find_package(Torch REQUIRED)
add_library(ictus_torch INTERFACE)
target_link_libraries(ictus_torch INTERFACE ${TORCH_LIBRARIES})
target_include_directories(ictus_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
