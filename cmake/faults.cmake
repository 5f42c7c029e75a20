# The disk whose power can be cut, for tests and benchmarks, and the tests of what happens then.
add_library(faults STATIC tests/faults/power_cut_vfs.cpp)
target_include_directories(faults PUBLIC ${CMAKE_SOURCE_DIR})
target_link_libraries(faults PUBLIC room_base SQLite::SQLite3)

file(GLOB fault_tests CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/faults/*_test.cpp)
add_executable(test_faults ${fault_tests})
target_link_libraries(test_faults PRIVATE faults room_ledger test_main)
set_target_properties(test_faults PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
add_test(NAME faults COMMAND test_faults WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
