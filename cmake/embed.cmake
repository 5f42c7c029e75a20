include(cmake/assets.cmake)

# alongside_embed(TARGET): a library with every file that the program carries inside itself.
function(alongside_embed target)
  set(pairs)
  set(files)
  foreach(folder migrations schemes tests/scenes)
    file(GLOB_RECURSE found CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*)
    foreach(file ${found})
      list(APPEND pairs ${CMAKE_SOURCE_DIR}=${file})
      list(APPEND files ${file})
    endforeach()
  endforeach()
  alongside_assets(made spoken)
  foreach(file ${made})
    list(APPEND pairs ${ALONGSIDE_MADE}=${file})
    list(APPEND files ${file})
  endforeach()
  list(APPEND pairs ${ALONGSIDE_SPOKEN}=@${spoken})
  list(APPEND files ${spoken})
  set(out ${CMAKE_BINARY_DIR}/embedded)
  add_custom_command(
    OUTPUT ${out}.S ${out}.cpp
    COMMAND python3 ${CMAKE_SOURCE_DIR}/tools/embed.py ${out}.S ${out}.cpp ${pairs}
    DEPENDS ${files} ${CMAKE_SOURCE_DIR}/tools/embed.py
    COMMENT "Embedding files" VERBATIM)
  add_library(${target} STATIC ${out}.cpp ${out}.S)
  target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR}/src)
  set_source_files_properties(${out}.S PROPERTIES OBJECT_DEPENDS "${files}")
endfunction()
