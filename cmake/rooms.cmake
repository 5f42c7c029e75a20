# The heaviest system headers, compiled once in the room `base` and used by every room and test.
set(ALONGSIDE_PRECOMPILED
    <algorithm> <array> <bitset> <chrono> <functional> <map> <memory> <optional> <string>
    <string_view> <vector> <boost/describe.hpp> <boost/json.hpp> <fmt/format.h> <tl/expected.hpp>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess> -Winvalid-pch)
  # A .cpp beside others in one compilation is no header: its own names stay its own.
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-Wno-subobject-linkage>)
  # The compiler tidies its memory from 1 GB on: a twelfth less time, for a third of a GB.
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:--param=ggc-min-heapsize=1048576>)
endif()

function(alongside_precompile target)
  if(target STREQUAL "room_base")
    target_precompile_headers(${target} PRIVATE ${ALONGSIDE_PRECOMPILED})
  else()
    target_precompile_headers(${target} REUSE_FROM room_base)
  endif()
endfunction()

# The presets that build from nothing (release, asan, tsan) compile this many files of a room at a
# time: the same headers are read once for all of them. `dev` compiles each alone.
set(CMAKE_UNITY_BUILD_BATCH_SIZE 40)

# What the test programs share: main(), and the tests' own heavy headers. What is tested is checked
# for undefined behaviour; the tests themselves, much code that runs once, for addresses alone.
function(alongside_test_main)
  add_library(test_main STATIC ${CMAKE_SOURCE_DIR}/tests/test_main.cpp)
  target_link_libraries(test_main PUBLIC room_base GTest::gtest rapidcheck)
  if(ALONGSIDE_SANITIZE MATCHES undefined)
    target_compile_options(test_main PUBLIC -fno-sanitize=undefined,fuzzer-no-link)
  endif()
  target_precompile_headers(test_main PRIVATE ${ALONGSIDE_PRECOMPILED} <gtest/gtest.h>)
endfunction()

# alongside_room(NAME [LIBRARIES …]): the library room_NAME from src/NAME/*.cpp, linked with the
# rooms that src/NAME/.may_include lists, and the test program test_NAME from *_test.cpp.
function(alongside_room name)
  cmake_parse_arguments(ROOM "" "" "LIBRARIES" ${ARGN})
  set(folder ${CMAKE_SOURCE_DIR}/src/${name})
  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.cpp)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  file(STRINGS ${folder}/.may_include lower)
  string(REGEX MATCHALL "[a-z_]+" lower "${lower}")
  list(TRANSFORM lower PREPEND room_)

  if(sources)
    add_library(room_${name} STATIC ${sources})
    set(visibility PUBLIC)
    alongside_precompile(room_${name})
  else()
    add_library(room_${name} INTERFACE)
    set(visibility INTERFACE)
  endif()
  target_include_directories(room_${name} ${visibility} ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(room_${name} ${visibility} ${lower} ${ROOM_LIBRARIES})

  if(tests)
    add_executable(test_${name} ${tests})
    target_include_directories(test_${name} PRIVATE ${CMAKE_SOURCE_DIR})
    target_link_libraries(test_${name} PRIVATE room_${name} test_main)
    target_precompile_headers(test_${name} REUSE_FROM test_main)
    set_target_properties(test_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY
                          ${CMAKE_BINARY_DIR}/tests)
    add_test(NAME ${name} COMMAND test_${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  endif()
endfunction()
