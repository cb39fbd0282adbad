# ictus_embed_text(TARGET NAMESPACE FILE...): each text file becomes a string for the sources of the target:
# page.css is NAMESPACE::kPageCss of "embedded/page_css.hpp".
#
# Run as a script (cmake -P) when the target is built, with INPUT, OUTPUT, NAMESPACE and NAME, it writes one
# such header.
if(CMAKE_SCRIPT_MODE_FILE)
  file(READ "${INPUT}" text)
  file(WRITE "${OUTPUT}" "#pragma once

#include <string_view>

namespace ${NAMESPACE} {

inline constexpr std::string_view ${NAME} = R\"embedded(${text})embedded\";

}  // namespace ${NAMESPACE}
")
  return()
endif()

set(ictus_embed_text_script ${CMAKE_CURRENT_LIST_FILE})
function(ictus_embed_text target namespace)
  foreach(file IN LISTS ARGN)
    string(REPLACE "." "_" stem ${file})
    string(REPLACE "_" ";" words ${stem})
    set(name k)
    foreach(word IN LISTS words)
      string(SUBSTRING ${word} 0 1 first)
      string(SUBSTRING ${word} 1 -1 rest)
      string(TOUPPER ${first} first)
      string(APPEND name ${first}${rest})
    endforeach()
    set(header ${CMAKE_CURRENT_BINARY_DIR}/embedded/${stem}.hpp)
    add_custom_command(
      OUTPUT ${header}
      COMMAND ${CMAKE_COMMAND} -D INPUT=${CMAKE_CURRENT_SOURCE_DIR}/${file} -D OUTPUT=${header}
              -D NAMESPACE=${namespace} -D NAME=${name} -P ${ictus_embed_text_script}
      DEPENDS ${file} ${ictus_embed_text_script}
      COMMENT "Embedding ${file}"
      VERBATIM)
    target_sources(${target} PRIVATE ${header})
  endforeach()
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR})
endfunction()
