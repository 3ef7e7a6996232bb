/*
 * In vfpctrl.exe's place: prints the file of the folder HNS_VFPCTRL_ANSWERS that
 * is named like its arguments, every character that is no letter and no digit an
 * underscore. Without such a file it fails. HNS_VFPCTRL says how it misbehaves:
 *
 *   hangs     it never ends
 *   fails     it says so and ends badly
 *   denied    it may not do it
 *   silent    it ends badly and says nothing
 *   garbage   it prints what nobody understands
 */
#include <ctype.h>
#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static int is(const char* mode) {
  const char* value = getenv("HNS_VFPCTRL");
  return value != NULL && strcmp(value, mode) == 0;
}

int main(int argc, char** argv) {
  char path[1024];
  char buffer[4096];
  const char* folder = getenv("HNS_VFPCTRL_ANSWERS");
  size_t length;
  FILE* file;
  int i;
  _setmode(_fileno(stdout), _O_BINARY);
  if (is("hangs")) Sleep(INFINITE);
  if (is("silent")) return 3;
  if (is("fails")) {
    printf("ERROR: the device is busy\r\n");
    return 1;
  }
  if (is("denied")) {
    printf("Error (5): Access is denied.\r\n");
    return 5;
  }
  if (is("garbage")) {
    printf("\001\377garbage");
    return 0;
  }
  length = (size_t)snprintf(path, sizeof path, "%s\\", folder == NULL ? "." : folder);
  for (i = 1; i < argc && length + strlen(argv[i]) + 2 < sizeof path; ++i) {
    const char* c;
    if (i > 1) path[length++] = '_';
    for (c = argv[i]; *c != '\0'; ++c) path[length++] = isalnum((unsigned char)*c) ? *c : '_';
  }
  path[length] = '\0';
  file = fopen(path, "rb");
  if (file == NULL) {
    printf("ERROR: no answer is kept as %s\r\n", path);
    return 1;
  }
  while ((length = fread(buffer, 1, sizeof buffer, file)) > 0) fwrite(buffer, 1, length, stdout);
  fclose(file);
  return 0;
}
