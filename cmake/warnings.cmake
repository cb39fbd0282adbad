# ictus_target(NAME): the flags every target of ours is built with. Headers of libraries are system
# headers and are not judged.
function(ictus_target name)
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_compile_options(${name} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
    -Wno-sign-conversion -Wnon-virtual-dtor -Wold-style-cast)
  # At -O3 GCC 12 warns of overlaps within its own std::string that cannot be (GCC's bug 105329).
  target_compile_options(${name} PRIVATE $<$<AND:$<CXX_COMPILER_ID:GNU>,$<CONFIG:Release>>:-Wno-restrict>)
  if(ICTUS_WARNINGS_AS_ERRORS)
    target_compile_options(${name} PRIVATE -Werror)
  endif()
  if(ICTUS_SANITIZE)
    target_compile_options(${name} PRIVATE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
      -Wno-maybe-uninitialized)  # of instrumented code it is not to be believed, says GCC's own manual; other builds have it
    target_link_options(${name} PUBLIC -fsanitize=address,undefined)
  endif()
endfunction()
