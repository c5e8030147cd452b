# Warnings are errors; hardening as the OpenSSF guide names it, as far as g++ 12 takes it.
add_library(srehub_flags INTERFACE)
target_compile_options(srehub_flags INTERFACE
  -Wall -Wextra -Werror -Wformat=2 -Wimplicit-fallthrough -Wconversion -Wno-sign-conversion
  -Wnon-virtual-dtor -Woverloaded-virtual -Werror=format-security
  -fstack-protector-strong -fno-strict-aliasing -fno-delete-null-pointer-checks)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(srehub_flags INTERFACE -Wbidi-chars=any -fstack-clash-protection
                         -fcf-protection=full -ftrivial-auto-var-init=zero)
endif()
if(SREHUB_SANITIZE)
  add_compile_options(-fsanitize=${SREHUB_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  # Instrumented code makes g++ 12 see uninitialised temporaries in fmt and simdjson that are
  # not there; the release build keeps both warnings.
  target_compile_options(srehub_flags INTERFACE -Wno-uninitialized
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
    # std::stable_sort of libstdc++ 12 uses what clang 19 calls deprecated.
    $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)
  add_link_options(-fsanitize=${SREHUB_SANITIZE})
else()
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
  if(CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
    add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
  endif()
endif()
add_link_options(-Wl,-z,relro,-z,now,-z,noexecstack,--as-needed)
set(CMAKE_EXE_LINKER_FLAGS "${CMAKE_EXE_LINKER_FLAGS} -pie")

find_program(SREHUB_CCACHE ccache)
if(SREHUB_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${SREHUB_CCACHE})
endif()
find_program(SREHUB_MOLD mold)
if(SREHUB_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
