# Benchmarks: `script/bench` builds and runs them. Not part of the default build, nor of the tests.
add_custom_target(bench DEPENDS alongside)
function(alongside_bench name)
  add_executable(bench_${name} EXCLUDE_FROM_ALL bench/${name}.cpp bench/figures.cpp ${ARGN})
  target_link_libraries(bench_${name} PRIVATE room_dispatch)
  target_include_directories(bench_${name} PRIVATE ${CMAKE_SOURCE_DIR})
  set_target_properties(bench_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY
                        ${CMAKE_BINARY_DIR}/bench)
  alongside_precompile(bench_${name})
  add_dependencies(bench bench_${name})
endfunction()

alongside_bench(choose bench/store_prison.cpp)
alongside_bench(import bench/store_prison.cpp)
alongside_bench(ask bench/store_prison.cpp)
target_link_libraries(bench_ask PRIVATE faults GTest::gtest)
alongside_bench(fill bench/store_prison.cpp)
alongside_bench(bare)
alongside_bench(load)
