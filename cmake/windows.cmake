# The addon, our computenetwork.dll and vmcompute.dll, and the native tests for
# Windows. Needs only what Windows itself has: the runtime is linked in, so no
# file of the compiler's has to lie beside them.
add_compile_options(-O2)
# The same sources give the same bytes: no folders of this machine, no time. The
# warnings are false ones of GCC 12 about std::string.
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}=. -Wno-restrict -Wno-maybe-uninitialized -Wno-array-bounds -Wno-stringop-overread -Wno-stringop-overflow)
add_compile_definitions(_WIN32_WINNT=0x0A00 WIN32_LEAN_AND_MEAN NOMINMAX UNICODE)
add_link_options(-static -static-libgcc -static-libstdc++ -Wl,--no-insert-timestamp -s)

function(hns_windows_targets)
  # node.exe's exports, as its headers' list has them.
  execute_process(COMMAND node -p "require('node-api-headers').def_paths.node_api_def" WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
                  OUTPUT_VARIABLE NODE_API_DEF OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND node -p "require('node-api-headers').include_dir" WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
                  OUTPUT_VARIABLE NODE_API_INCLUDE OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  set(NODE_LIB ${CMAKE_BINARY_DIR}/libnode_api.a)
  # By its name alone: dlltool names members and symbols after the path it is given.
  execute_process(COMMAND ${CMAKE_DLLTOOL} --deterministic-libraries -d ${NODE_API_DEF} -l libnode_api.a
                  WORKING_DIRECTORY ${CMAKE_BINARY_DIR} COMMAND_ERROR_IS_FATAL ANY)

  read_sources(binding_sources BINDING_FILES)
  add_library(hns_vfp MODULE ${BINDING_FILES})
  target_compile_definitions(hns_vfp PRIVATE NAPI_VERSION=8 BUILDING_NODE_EXTENSION NODE_GYP_MODULE_NAME=hns_vfp)
  target_include_directories(hns_vfp PRIVATE ${NODE_API_INCLUDE})
  target_link_libraries(hns_vfp PRIVATE hns_vfp_core ${NODE_LIB})
  # Wherever cmake-js would have its Release folder.
  set_target_properties(hns_vfp PROPERTIES PREFIX "" SUFFIX .node LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
  precompile_headers(hns_vfp)

  foreach(dll computenetwork vmcompute)
    read_sources(${dll}_sources DLL_FILES)
    # Exports by the .def file alone: one list that people and objdump can compare.
    add_library(${dll} SHARED ${DLL_FILES} ${CMAKE_SOURCE_DIR}/src-native/dll/${dll}.def)
    set_target_properties(${dll} PROPERTIES PREFIX "" ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/import)
    target_include_directories(${dll} PRIVATE src-native)
  endforeach()
  target_link_libraries(computenetwork PRIVATE hns_vfp_core ole32)
  target_link_libraries(vmcompute PRIVATE ole32)

  # For tests: a service that does everything wrong, and a client that knows nothing of us.
  add_library(broken_hcn SHARED test/windows/broken_hcn.c)
  set_target_properties(broken_hcn PROPERTIES PREFIX "" WINDOWS_EXPORT_ALL_SYMBOLS ON
                        ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/import)
  target_link_libraries(broken_hcn PRIVATE ole32)
  add_library(compartments SHARED test/windows/compartments.c)
  set_target_properties(compartments PROPERTIES PREFIX "" ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/import)
  # In vfpctrl.exe's place.
  add_executable(vfpctrl test/windows/vfpctrl.c)
  add_executable(hcn_client test/windows/hcn_client.c)
  target_link_libraries(hcn_client PRIVATE ole32)
endfunction()
