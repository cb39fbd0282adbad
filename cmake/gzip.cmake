# ictus_install_gzipped(COMPONENT DESTINATION FILE...): each file packed by gzip, the same bytes from each build.
find_program(ICTUS_GZIP gzip REQUIRED)
function(ictus_install_gzipped component destination)
  set(packed)
  foreach(file IN LISTS ARGN)
    get_filename_component(name ${file} NAME)
    set(made ${CMAKE_CURRENT_BINARY_DIR}/gzipped/${component}/${name}.gz)
    add_custom_command(
      OUTPUT ${made}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_CURRENT_BINARY_DIR}/gzipped/${component}
      COMMAND ${ICTUS_GZIP} -9nc ${file} > ${made}
      DEPENDS ${file}
      COMMENT "Packing ${name}"
      VERBATIM)
    list(APPEND packed ${made})
  endforeach()
  string(MAKE_C_IDENTIFIER "ictus_gzipped_${component}_${destination}" target)
  add_custom_target(${target} ALL DEPENDS ${packed})
  install(FILES ${packed} DESTINATION ${destination} COMPONENT ${component})
endfunction()
