# ictus_target(NAME): the flags every target of ours is built with. Headers of libraries are system
# headers and are not judged.
function(ictus_target name)
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_compile_options(${name} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
    -Wno-sign-conversion -Wnon-virtual-dtor -Wold-style-cast)
  if(ICTUS_WARNINGS_AS_ERRORS)
    target_compile_options(${name} PRIVATE -Werror)
  endif()
  if(ICTUS_SANITIZE)
    target_compile_options(${name} PRIVATE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
      -Wno-maybe-uninitialized)  # of instrumented code it is not to be believed, says GCC's own manual; other builds have it
    target_link_options(${name} PUBLIC -fsanitize=address,undefined)
  endif()
endfunction()
