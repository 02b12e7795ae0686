# How every target of the tools is built: one place for warnings, sanitizers and test registration.

add_library(spillscope_options INTERFACE)
target_compile_definitions(spillscope_options INTERFACE _GNU_SOURCE)
target_compile_options(spillscope_options INTERFACE -Wall -Wextra
  $<$<COMPILE_LANGUAGE:C>:-Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes>)
if(SPILLSCOPE_WERROR)
  target_compile_options(spillscope_options INTERFACE -Werror)
endif()
if(SPILLSCOPE_SANITIZE)
  target_compile_options(spillscope_options INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  target_link_options(spillscope_options INTERFACE -fsanitize=address,undefined)
endif()

# spillscope_library(NAME SOURCES... [DEPENDS LIBRARIES...]): a static library whose public headers lie in include/.
function(spillscope_library name)
  cmake_parse_arguments(arg "" "" "DEPENDS" ${ARGN})
  add_library(${name} STATIC ${arg_UNPARSED_ARGUMENTS})
  if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/include)
    target_include_directories(${name} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR}/include)
  endif()
  target_include_directories(${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${arg_DEPENDS} PRIVATE spillscope_options)
endfunction()

# spillscope_program(NAME SOURCES... [DEPENDS LIBRARIES...]): a program in <build>/bin.
function(spillscope_program name)
  cmake_parse_arguments(arg "" "" "DEPENDS" ${ARGN})
  add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
  target_include_directories(${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${arg_DEPENDS} spillscope_options)
endfunction()

# spillscope_test(NAME SOURCES... [DEPENDS LIBRARIES...] [LABEL LABEL]): a cmocka program that ctest runs.
function(spillscope_test name)
  cmake_parse_arguments(arg "" "LABEL" "DEPENDS" ${ARGN})
  add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_include_directories(${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR}/..)
  target_link_libraries(${name} PRIVATE ${arg_DEPENDS} cmocka spillscope_options)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 120)
  if(arg_LABEL)
    set_tests_properties(${name} PROPERTIES LABELS ${arg_LABEL})
  endif()
endfunction()
