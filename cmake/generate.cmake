# Sources made by the build, in ${generated}. A file is written only when its text changes, so an
# unchanged tree compiles nothing. The source tree is never written to.

# Gives TARGET what lib/core/build_info.c needs: build_settings.h (known when configured) and
# build_revision.h (looked up at each build, since a commit configures nothing).
function(par_generate_build_info target)
  string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
  set(PAR_BUILD_FLAGS "${CMAKE_C_FLAGS} ${CMAKE_C_FLAGS_${type}} -std=c${CMAKE_C_STANDARD}")
  if(PAR_SANITIZE)
    string(APPEND PAR_BUILD_FLAGS " -fsanitize=${PAR_SANITIZE}")
  endif()
  string(STRIP "${PAR_BUILD_FLAGS}" PAR_BUILD_FLAGS)
  string(REGEX REPLACE "([\\\"])" "\\\\\\1" PAR_BUILD_FLAGS "${PAR_BUILD_FLAGS}")
  configure_file("${PROJECT_SOURCE_DIR}/cmake/build_settings.h.in" "${generated}/build_settings.h"
    @ONLY)

  add_custom_target(par_revision
    COMMAND "${CMAKE_COMMAND}" "-DSOURCE=${PROJECT_SOURCE_DIR}"
      "-DHEADER=${generated}/build_revision.h" -P "${PROJECT_SOURCE_DIR}/cmake/revision.cmake"
    BYPRODUCTS "${generated}/build_revision.h"
    COMMENT "" VERBATIM)
  add_dependencies(${target} par_revision)
  target_include_directories(${target} PRIVATE "${generated}")
endfunction()

# par_embed(TARGET GLOB...): compiles the files into TARGET as the table of lib/report/assets.h, so
# that the program needs nothing beside it.
function(par_embed target)
  list(TRANSFORM ARGN PREPEND "${PROJECT_SOURCE_DIR}/")
  file(GLOB files CONFIGURE_DEPENDS ${ARGN})
  set(source "${generated}/assets.c")
  add_custom_command(OUTPUT "${source}"
    COMMAND "${CMAKE_COMMAND}" "-DSOURCE=${source}" "-DFILES=${files}"
      -P "${PROJECT_SOURCE_DIR}/cmake/embed.cmake"
    DEPENDS ${files} "${PROJECT_SOURCE_DIR}/cmake/embed.cmake"
    COMMENT "Embedding plots/" VERBATIM)
  target_sources(${target} PRIVATE "${source}")
endfunction()

# par_embed_text(TARGET NAME FILE): compiles the text of FILE into TARGET as the string NAME.
function(par_embed_text target name file)
  set(source "${generated}/${name}.c")
  add_custom_command(OUTPUT "${source}"
    COMMAND "${CMAKE_COMMAND}" "-DSOURCE=${source}" "-DFILE=${PROJECT_SOURCE_DIR}/${file}"
      "-DNAME=${name}" -P "${PROJECT_SOURCE_DIR}/cmake/embed_text.cmake"
    DEPENDS "${PROJECT_SOURCE_DIR}/${file}" "${PROJECT_SOURCE_DIR}/cmake/embed_text.cmake"
    COMMENT "Embedding ${file}" VERBATIM)
  target_sources(${target} PRIVATE "${source}")
endfunction()
