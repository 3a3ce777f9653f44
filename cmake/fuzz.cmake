# PAR_FUZZ: builds the fuzz targets of tests/fuzz as libFuzzer programs. Best with
# -DPAR_SANITIZE=address,undefined, too. Without it they only replay their corpus.
option(PAR_FUZZ "Build the fuzz targets with libFuzzer: clang" OFF)

if(PAR_FUZZ)
  if(NOT CMAKE_C_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "PAR_FUZZ needs clang and its libFuzzer: cmake --preset fuzz")
  endif()
  target_compile_options(par_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
