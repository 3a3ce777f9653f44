# par_options: what every file of the project is compiled with. gcc 12 and clang 14 are both clean.
option(PAR_WERROR "Warnings are errors" OFF)

add_library(par_options INTERFACE)
target_compile_definitions(par_options INTERFACE _GNU_SOURCE)
target_compile_options(par_options INTERFACE
  -Wall
  $<$<BOOL:${PAR_WERROR}>:-Werror>
  $<$<COMPILE_LANGUAGE:C>:
    -Wextra
    -Wpedantic
    -Wshadow
    -Wconversion
    -Wno-sign-conversion
    -Wstrict-prototypes
    -Wmissing-prototypes
    -Wpointer-arith
    -Wcast-qual
    -Wwrite-strings
    -Wundef
    -Wvla
    -Wformat=2>)
