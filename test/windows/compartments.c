/* An iphlpapi.dll with compartments 1 to 9, as far as threads ask for them. */
#include <windows.h>

static DWORD current = 1;

__declspec(dllexport) DWORD WINAPI GetCurrentThreadCompartmentId(void) { return current; }

__declspec(dllexport) DWORD WINAPI SetCurrentThreadCompartmentId(DWORD wanted) {
  if (wanted < 1 || wanted > 9) return ERROR_INVALID_PARAMETER;
  current = wanted;
  return ERROR_SUCCESS;
}
