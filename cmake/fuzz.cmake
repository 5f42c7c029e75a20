# With the preset "asan" (clang-19): a program fuzz/NAME from each fuzz/NAME.cpp, which says in a
# line `// rooms: web people` whose parsers it feeds.
function(alongside_fuzz)
  file(GLOB targets CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/fuzz/*.cpp)
  foreach(source ${targets})
    get_filename_component(name ${source} NAME_WE)
    file(STRINGS ${source} rooms REGEX "^// rooms:" LIMIT_COUNT 1)
    string(REPLACE "// rooms:" "" rooms "${rooms}")
    string(REGEX MATCHALL "[a-z_]+" rooms "${rooms}")
    list(TRANSFORM rooms PREPEND room_)
    add_executable(fuzz_${name} ${source})
    set_target_properties(fuzz_${name} PROPERTIES OUTPUT_NAME ${name}
                          RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
    target_link_libraries(fuzz_${name} PRIVATE ${rooms})
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    list(APPEND all fuzz_${name})
  endforeach()
  add_custom_target(fuzz_all DEPENDS ${all})
endfunction()
