# PAR_SANITIZE: what -fsanitize takes, such as "address,undefined" or "thread". Empty: none.
# A finding ends the program, so that no test passes over it.
set(PAR_SANITIZE "" CACHE STRING "Sanitizers to build with: address,undefined or thread")

if(PAR_SANITIZE)
  target_compile_options(par_options INTERFACE
    -fsanitize=${PAR_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(par_options INTERFACE -fsanitize=${PAR_SANITIZE})
endif()
