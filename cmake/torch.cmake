# ictus_torch: libtorch as a target whose headers are not judged by our warnings.
find_package(Torch REQUIRED)
add_library(ictus_torch INTERFACE)
target_link_libraries(ictus_torch INTERFACE ${TORCH_LIBRARIES})
target_include_directories(ictus_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})

# ictus_torch_headers(NAME): libtorch's headers are compiled once, for ictus_dsp, and not again for each of
# the files that use them.
# In builds for tests they are not optimised further: it would take twice as long for what libtorch itself computes.
function(ictus_torch_headers name)
  target_compile_options(${name} PRIVATE $<$<CONFIG:RelWithDebInfo>:-O1>)
  if(name STREQUAL "ictus_dsp")
    target_precompile_headers(ictus_dsp PRIVATE <torch/torch.h>)
  else()
    target_precompile_headers(${name} REUSE_FROM ictus_dsp)
  endif()
endfunction()
