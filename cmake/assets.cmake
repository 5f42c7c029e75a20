# alongside_assets(FILES_VAR LIST_VAR): what browsers are given, made in the build folder. The
# paths of files are set in FILES_VAR, that of a list of more files in LIST_VAR. Below
# ${ALONGSIDE_MADE}, or ${ALONGSIDE_SPOKEN}, they are called as they are inside the program:
# assets/look.css. Recordings are spoken once for all presets.
set(ALONGSIDE_MADE ${CMAKE_BINARY_DIR}/made)
set(ALONGSIDE_SPOKEN ${CMAKE_SOURCE_DIR}/build/spoken)

function(alongside_assets files_var spoken_var)
  set(made ${ALONGSIDE_MADE}/assets)
  # The packages of the lock file; script/bootstrap brings the same ones.
  set(modules ${CMAKE_SOURCE_DIR}/node_modules/.package-lock.json)
  add_custom_command(
    OUTPUT ${modules}
    COMMAND sh -c "test ${modules} -nt package-lock.json || \
                   { npm ci --ignore-scripts --no-audit --no-fund && touch ${modules}; }"
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
    DEPENDS ${CMAKE_SOURCE_DIR}/package-lock.json
    COMMENT "Installing the packages of package-lock.json" VERBATIM)

  set(files ${made}/look.css ${made}/alongside.js ${made}/calendar.js ${made}/govuk-frontend.js
            ${made}/icon.svg ${made}/notices.txt)
  foreach(weight 400 700)
    foreach(subset latin latin-ext)
      list(APPEND files ${made}/fonts/public-sans-${subset}-${weight}.woff2)
    endforeach()
  endforeach()
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/assets/*.*
       ${CMAKE_SOURCE_DIR}/assets/css/*.css)
  add_custom_command(
    OUTPUT ${files}
    COMMAND python3 ${CMAKE_SOURCE_DIR}/tools/make_assets.py ${made}
    DEPENDS ${sources} ${modules} ${CMAKE_SOURCE_DIR}/tools/make_assets.py
    COMMENT "Making the assets" VERBATIM)

  # Catalogues; whether they are complete is for tools/words.py to say.
  file(GLOB catalogues CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/locale/*.po)
  foreach(catalogue ${catalogues})
    get_filename_component(name ${catalogue} NAME_WE)
    set(compiled ${ALONGSIDE_MADE}/locale/${name}.mo)
    add_custom_command(
      OUTPUT ${compiled}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${ALONGSIDE_MADE}/locale
      COMMAND msgfmt --check-domain -o ${compiled} ${catalogue}
      DEPENDS ${catalogue}
      COMMENT "Compiling ${name}.po" VERBATIM)
    list(APPEND files ${compiled})
  endforeach()

  # Recordings: which ones there are is known only when they have been made, so a list names them.
  set(listed ${ALONGSIDE_MADE}/spoken.list)
  file(GLOB schemes CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/schemes/*.toml)
  add_custom_command(
    OUTPUT ${listed}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${ALONGSIDE_SPOKEN}/assets/spoken
    COMMAND python3 ${CMAKE_SOURCE_DIR}/tools/make_spoken.py ${ALONGSIDE_SPOKEN}/assets/spoken
            ${listed}
    DEPENDS ${catalogues} ${schemes} ${CMAKE_SOURCE_DIR}/assets/spoken.txt
            ${CMAKE_SOURCE_DIR}/tools/make_spoken.py ${CMAKE_SOURCE_DIR}/tools/words.py
    COMMENT "Speaking the asking page's sentences" VERBATIM)
  set(${files_var} ${files} PARENT_SCOPE)
  set(${spoken_var} ${listed} PARENT_SCOPE)
endfunction()
