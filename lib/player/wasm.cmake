# The same sources once more, by clang for WebAssembly, with what Debian has for it: wasi-libc, libc++ and
# compiler-rt. Sets player_header, which holds the module as text.
find_program(ICTUS_WASM_COMPILER NAMES clang++ clang++-14 REQUIRED)

# exports.cpp comes first, the rest is what it calls.
set(synthesis
  audible band_view describe event_notes fourier frame_course frame_power layers lobe masking moving_lobe moving_tones
  noise_carrier noise_frames oscillators power_course projection rings shaped_noise solo sound_range spectrum spectrum_knots starting_phases
  steady_lobe synthesizer timbre time_course wide_loops)
list(TRANSFORM synthesis PREPEND lib/synthesis/)
set(sources lib/player/exports lib/player/midi lib/player/piece ${synthesis} lib/notes/midi_file)

# -ffp-contract=off as for the program itself, whose samples they are to be.
set(flags --target=wasm32-wasi -std=c++20 -O3 -DNDEBUG -msimd128 -ffp-contract=off -fexceptions -Wall -Wextra -Wno-unknown-pragmas
    -I${PROJECT_SOURCE_DIR})
set(objects)
foreach(source IN LISTS sources)
  string(REPLACE "/" "_" name ${source})
  set(object ${CMAKE_CURRENT_BINARY_DIR}/wasm/${name}.o)
  add_custom_command(
    OUTPUT ${object}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_CURRENT_BINARY_DIR}/wasm
    COMMAND ${CMAKE_CXX_COMPILER_LAUNCHER} ${ICTUS_WASM_COMPILER} ${flags} -MD -MF ${object}.d -MT ${object}
            -c ${PROJECT_SOURCE_DIR}/${source}.cpp -o ${object}
    DEPENDS ${PROJECT_SOURCE_DIR}/${source}.cpp
    DEPFILE ${object}.d
    COMMENT "Compiling ${source}.cpp for WebAssembly"
    VERBATIM)
  list(APPEND objects ${object})
endforeach()

set(module ${CMAKE_CURRENT_BINARY_DIR}/wasm/player.wasm)
set(player_header ${CMAKE_CURRENT_BINARY_DIR}/embedded/player_wasm.hpp)
add_custom_command(
  OUTPUT ${player_header}
  COMMAND ${ICTUS_WASM_COMPILER} --target=wasm32-wasi -mexec-model=reactor -Wl,--gc-sections -Wl,--strip-all ${objects}
          -o ${module}
  COMMAND sh -c "gzip -9nc '${module}' | base64 -w 0 > '${module}.txt'"
  COMMAND ${CMAKE_COMMAND} -D INPUT=${module}.txt -D OUTPUT=${player_header} -D NAMESPACE=ictus::player
          -D NAME=kPlayerWasm -P ${PROJECT_SOURCE_DIR}/cmake/embed_text.cmake
  DEPENDS ${objects} ${PROJECT_SOURCE_DIR}/cmake/embed_text.cmake
  COMMENT "Linking the WebAssembly module of the player"
  VERBATIM)
