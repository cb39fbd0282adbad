# ictus_torch: libtorch as a target whose headers are not judged by our warnings.
find_package(Torch REQUIRED)
add_library(ictus_torch INTERFACE)
target_link_libraries(ictus_torch INTERFACE ${TORCH_LIBRARIES})
target_include_directories(ictus_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})

# ictus_torch_headers(NAME): libtorch's headers are compiled once, for ictus_dsp. To read what was compiled takes 10 s
# a file all the same, so that several files are compiled as one: names must differ in them, also those that a file
# keeps to itself.
# In builds for tests they are not optimised further: it would take twice as long for what libtorch itself computes.
function(ictus_torch_headers name)
  set_target_properties(${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
  target_compile_options(${name} PRIVATE $<$<CONFIG:RelWithDebInfo>:-O1>)
  if(name STREQUAL "ictus_dsp")
    target_precompile_headers(ictus_dsp PRIVATE <torch/torch.h>)
  else()
    target_precompile_headers(${name} REUSE_FROM ictus_dsp)
  endif()
endfunction()
