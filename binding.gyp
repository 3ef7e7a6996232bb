# What `npm ci` builds: the addon, the Linux namespace helper, the native tests
# and benchmarks.
# The lists of sources are shared with CMakeLists.txt.
#
# For Windows: Visual Studio's clang (the sources use GCC's builtins, which cl.exe
# has not), MSVC's library, Windows' SDK. No build has been run with them, only
# the projects generated; binaries are cross-built with mingw-w64 by CMake.
{
  'includes': ['src-native/sources.gypi'],
  'variables': {
    'lmdb_dir%': '<!(node scripts/lmdb.mjs dir)',
    # The published package has neither tests nor benchmarks.
    'has_native_tests%': '<!(node -p "Number(require(\'fs\').existsSync(\'test/native/main.cc\'))")',
  },
  'target_defaults': {
    'include_dirs': ['src-native'],
    # GCC 12 sees overlaps and unset values in std::string and std::variant where
    # none can be (its PR 105651, 105562); clang does not know these warnings.
    'cflags': [
      '-Wall',
      '-Wextra',
      '-Wshadow',
      '-Wno-unused-parameter',
      '-Wno-unknown-warning-option',
      '-Wno-restrict',
      '-Wno-maybe-uninitialized',
      '-fvisibility=hidden',
    ],
    # Node 20's headers ask for C++17.
    'cflags_cc!': ['-std=gnu++17'],
    'cflags_cc': ['-std=gnu++20', '-fno-exceptions', '-fno-rtti', '-fvisibility-inlines-hidden'],
    'xcode_settings': {
      'CLANG_CXX_LANGUAGE_STANDARD': 'gnu++20',
      'GCC_ENABLE_CPP_EXCEPTIONS': 'NO',
      'GCC_ENABLE_CPP_RTTI': 'NO',
      'GCC_SYMBOLS_PRIVATE_EXTERN': 'YES',
      'MACOSX_DEPLOYMENT_TARGET': '13.0',
    },
    'conditions': [
      ['OS=="win"', {
        'msbuild_toolset': 'ClangCL',
        'defines': ['_WIN32_WINNT=0x0A00', 'WIN32_LEAN_AND_MEAN', 'NOMINMAX', 'UNICODE', '_CRT_SECURE_NO_WARNINGS'],
        'msvs_settings': {
          'VCCLCompilerTool': {
            'AdditionalOptions!': ['-std:c++17', '/std:c++17', '-std:c++20', '/std:c++20'],
            # Of C++ alone: LMDB is C, and the last option of its kind counts.
            'LanguageStandard': 'stdcpp20',
            'AdditionalOptions': ['/utf-8'],
            'ExceptionHandling': 0,
            'RuntimeTypeInfo': 'false',
          },
        },
      }],
    ],
    'configurations': {
      'Release': { 'defines': ['NDEBUG'] },
    },
    'target_conditions': [
      # Node's -O3 costs build time where nothing is hot, and in tests most of it.
      ['_target_name=="native_tests"', {
        'configurations': {
          'Release': { 'cflags!': ['-O3'], 'cflags': ['-O0'] },
        },
      }],
      ['_target_name!="data_path" and _target_name!="native_tests"', {
        'configurations': {
          'Release': { 'cflags!': ['-O3'], 'cflags': ['-O2'] },
        },
      }],
    ],
  },
  'targets': [
    {
      # Where a packet's nanoseconds go: keeps -O3.
      'target_name': 'data_path',
      'type': 'static_library',
      'win_delay_load_hook': 'false',
      'sources': ['<@(wire_sources)', '<@(vfp_sources)'],
    },
    {
      'target_name': 'lmdb',
      'type': 'static_library',
      'win_delay_load_hook': 'false',
      # Somebody else's code: its warnings are not ours.
      'cflags': ['-w'],
      'sources': ['<!@(node scripts/lmdb.mjs sources)'],
    },
    {
      'target_name': 'core',
      'type': 'static_library',
      'win_delay_load_hook': 'false',
      'dependencies': ['lmdb'],
      'include_dirs': ['<(lmdb_dir)'],
      'sources': [
        '<@(base_sources)',
        '<@(schema_sources)',
        '<@(ports_sources)',
        '<@(hns_sources)',
        '<@(abi_sources)',
        '<@(compose_sources)',
      ],
      'conditions': [
        ['OS=="linux"', { 'sources': ['<@(ports_linux_sources)'] }],
        ['OS=="win"', {
          'sources': ['<@(abi_windows_sources)'],
          'link_settings': { 'libraries': ['-lntdll', '-ladvapi32', '-lole32'] },
        }],
      ],
    },
    {
      'target_name': 'hns_vfp',
      'dependencies': ['core', 'data_path'],
      'defines': ['NAPI_VERSION=8'],
      'sources': ['<@(binding_sources)'],
    },
  ],
  'conditions': [
    ['OS=="linux"', {
      'targets': [
        {
          'target_name': 'hns-netns-helper',
          'type': 'executable',
          'sources': ['<@(helper_sources)'],
        },
      ],
    }],
    ['has_native_tests==1', {
      'targets': [
        {
          'target_name': 'native_tests',
          'type': 'executable',
          'win_delay_load_hook': 'false',
          'dependencies': ['core', 'data_path'],
          'include_dirs': ['test'],
          'sources': ['<@(native_test_sources)'],
          'conditions': [
            ['OS=="win"', {
              'sources': ['<@(native_test_windows_sources)'],
              # Interfaces of Linux; processes by fork.
              'sources/': [['exclude', 'ports_linux|ports_contract|hns_lmdb_test']],
            }],
          ],
        },
        {
          'target_name': 'native_bench',
          'type': 'executable',
          'win_delay_load_hook': 'false',
          'dependencies': ['core', 'data_path'],
          'sources': ['<@(native_bench_sources)'],
        },
      ],
    }],
  ],
}
