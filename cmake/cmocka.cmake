# par_add_test(FLOOR SOURCE): the executable test_FLOOR_NAME from tests/unit/FLOOR/test_NAME.c,
# linked to that floor, and the test of that name.
function(par_add_test floor source)
  get_filename_component(file "${source}" NAME_WE)
  string(REGEX REPLACE "^test_" "test_${floor}_" name "${file}")
  add_executable(${name} "${source}")
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests/unit/common")
  target_link_libraries(${name} PRIVATE par_options par_${floor} PkgConfig::CMOCKA m)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 120 LABELS "unit;${floor}")
endfunction()
