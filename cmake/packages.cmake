# Debian packages by cpack, one for each component, and what Debian wants in all of them: who may do what with it, and
# what changed. It is installed as everything else is, so that packages hold what `cmake --install` puts down.
# script/package calls it.
include(${PROJECT_SOURCE_DIR}/cmake/gzip.cmake)

set(ICTUS_MAINTAINER "The ictus authors <ictus@packages.invalid>" CACHE STRING "Who makes the packages: NAME <ADDRESS>")
set(ICTUS_DEBIAN_REVISION 1 CACHE STRING "Counts the packages of one version")
set(ICTUS_PACKAGE_VERSION ${PROJECT_VERSION}-${ICTUS_DEBIAN_REVISION})

# SOURCE_DATE_EPOCH in the environment is the time that is told, so that the same source makes the same packages.
string(TIMESTAMP ICTUS_PACKAGE_DATE "%a, %d %b %Y %H:%M:%S +0000" UTC)
configure_file(${CMAKE_CURRENT_LIST_DIR}/debian/changelog.in ${PROJECT_BINARY_DIR}/debian/changelog.Debian @ONLY)
file(READ ${PROJECT_SOURCE_DIR}/LICENSE license)
string(REGEX REPLACE "^[^\n]*\n\n[^\n]*\n\n" "" license "${license}")  # its title and whose it is, which the file says
string(STRIP "${license}" license)
string(REPLACE "\n\n" "\n.\n" license "${license}")
string(REPLACE "\n" "\n " ICTUS_LICENSE " ${license}")
configure_file(${CMAKE_CURRENT_LIST_DIR}/debian/copyright.in ${PROJECT_BINARY_DIR}/debian/copyright @ONLY)

# ictus_package(COMPONENT NAME SECTION DESCRIPTION): the first line of the description is what lists of packages show.
function(ictus_package component name section description)
  set(folder ${CMAKE_INSTALL_DATAROOTDIR}/doc/${name})
  install(FILES ${PROJECT_BINARY_DIR}/debian/copyright DESTINATION ${folder} COMPONENT ${component})
  ictus_install_gzipped(${component} ${folder} ${PROJECT_BINARY_DIR}/debian/changelog.Debian)
  string(TOUPPER ${component} upper)
  set(CPACK_DEBIAN_${upper}_PACKAGE_NAME ${name} PARENT_SCOPE)
  set(CPACK_DEBIAN_${upper}_PACKAGE_SECTION ${section} PARENT_SCOPE)
  set(CPACK_DEBIAN_${upper}_DESCRIPTION "${description}" PARENT_SCOPE)
  set(CPACK_COMPONENTS_ALL ${CPACK_COMPONENTS_ALL} ${component} PARENT_SCOPE)
endfunction()

set(CPACK_COMPONENTS_ALL)
ictus_package(ictus ictus sound "audio codec toolkit with learnt models
Turns recorded sound into a short list of events, which can be read and
changed as text, and renders such a list as sound again. Files of events
take a few kilobits a second.

The program also shows, varies, mixes and plays such lists. What runs
larger networks is in the package ictus-networks.")
if(ICTUS_NETWORKS)
  ictus_package(networks ictus-networks sound "audio codec toolkit with learnt models - networks
What lets ictus make, play and generate token pyramids of notes, judge
generated notes, and train models: a module that runs on libtorch, and
the weights of its networks.")
  # Only the same version's program and module know each other's types.
  set(CPACK_DEBIAN_NETWORKS_PACKAGE_DEPENDS "ictus (= ${ICTUS_PACKAGE_VERSION})")
  # With the reference BLAS, which libtorch brings otherwise, networks take fifteen times as long.
  set(CPACK_DEBIAN_NETWORKS_PACKAGE_RECOMMENDS "libopenblas0-pthread")
endif()

ictus_package(library libictus${ICTUS_INTERFACE} libs "library of event streams of ictus
Reads, writes and changes event streams, the files of the audio codec
toolkit ictus, and decodes them to samples.")
# Reading needs nothing else; decoding needs the weights.
set(CPACK_DEBIAN_LIBRARY_PACKAGE_RECOMMENDS "ictus")
# Which package has the library, for those of programs that use it; and that the linker is to know of it.
file(WRITE ${PROJECT_BINARY_DIR}/debian/shlibs
  "libictus ${ICTUS_INTERFACE} libictus${ICTUS_INTERFACE} (>= ${PROJECT_VERSION})\n")
file(WRITE ${PROJECT_BINARY_DIR}/debian/triggers "activate-noawait ldconfig\n")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA ${PROJECT_BINARY_DIR}/debian/shlibs ${PROJECT_BINARY_DIR}/debian/triggers)
ictus_package(dev libictus-dev libdevel "library of event streams of ictus - development
What is needed to build programs that read, write and decode event streams,
the files of the audio codec toolkit ictus: headers for C++ and C, and files
for CMake and pkg-config.")
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS "libictus${ICTUS_INTERFACE} (= ${ICTUS_PACKAGE_VERSION})")
install(DIRECTORY ${PROJECT_SOURCE_DIR}/examples DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/libictus-dev COMPONENT dev
        PATTERN __pycache__ EXCLUDE)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGING_INSTALL_PREFIX ${CMAKE_INSTALL_PREFIX})
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")  # else the project's would be the first line of each description
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SOURCE ictus)
set(CPACK_DEBIAN_PACKAGE_RELEASE ${ICTUS_DEBIAN_REVISION})
set(CPACK_DEBIAN_PACKAGE_MAINTAINER ${ICTUS_MAINTAINER})
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
