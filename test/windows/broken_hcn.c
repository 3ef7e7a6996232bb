/*
 * A computenetwork.dll and vmcompute.dll in one that does everything wrong that a
 * service can, as the variable HNS_BROKEN says at the time of the call:
 *
 *   fails            every call fails, without an error record
 *   stopped          the same, and its version is not told either
 *   garbage-record   every call fails, with an error record that is no JSON
 *   record-only      every call succeeds, with an error record and without a result
 *   malformed        every text is cut-off JSON
 *   wrong-shape      every text is JSON, but the number 7
 *   hangs            every call takes ten seconds, then fails
 *   late-callback    unregistering succeeds, and the next call still notifies
 *
 * On x64 one signature fits all: what a function is not given is not looked at.
 */
#include <objbase.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

typedef void* Any;
typedef void(CALLBACK* Notify)(DWORD, void*, HRESULT, PCWSTR);

static const HRESULT kStopped = (HRESULT)0x803B0020; /* HCN_E_MANAGER_STOPPED */
static Notify callback;
static void* callback_context;

static BOOL is(PCWSTR mode) {
  wchar_t value[64];
  const DWORD length = GetEnvironmentVariableW(L"HNS_BROKEN", value, 64);
  return length > 0 && length < 64 && wcscmp(value, mode) == 0;
}

static PWSTR text(PCWSTR from) {
  PWSTR copy = CoTaskMemAlloc((wcslen(from) + 1) * sizeof(wchar_t));
  if (copy != NULL) wcscpy(copy, from);
  return copy;
}

/* `answer`: where a text goes; `handle`: where a handle goes; each may be NULL. */
static HRESULT act(PWSTR* answer, Any* handle, PWSTR* record) {
  if (is(L"late-callback") && callback != NULL) callback(2, callback_context, S_OK, L"{\"ID\":\"late\"}");
  if (is(L"hangs")) {
    Sleep(10000);
    return kStopped;
  }
  if (is(L"fails") || is(L"stopped")) return kStopped;
  if (is(L"garbage-record")) {
    if (record != NULL) *record = text(L"<html>");
    return kStopped;
  }
  if (is(L"record-only")) {
    if (record != NULL) *record = text(L"{\"Success\":false,\"Error\":\"none\",\"ErrorCode\":2151350304}");
    return S_OK;
  }
  if (handle != NULL) *handle = (Any)0x10;
  if (answer != NULL) *answer = text(is(L"malformed") ? L"{\"ID\":\"" : is(L"wrong-shape") ? L"7" : L"[]");
  return S_OK;
}

#define KIND(Name, Names)                                                                                   \
  HRESULT HcnEnumerate##Names(Any a, PWSTR* b, PWSTR* c) { (void)a; return act(b, NULL, c); }               \
  HRESULT HcnOpen##Name(Any a, Any* b, PWSTR* c) { (void)a; return act(NULL, b, c); }                       \
  HRESULT HcnModify##Name(Any a, Any b, PWSTR* c) { (void)a; (void)b; return act(NULL, NULL, c); }          \
  HRESULT HcnQuery##Name##Properties(Any a, Any b, PWSTR* c, PWSTR* d) { (void)a; (void)b; return act(c, NULL, d); } \
  HRESULT HcnDelete##Name(Any a, PWSTR* b) { (void)a; return act(NULL, NULL, b); }                          \
  HRESULT HcnClose##Name(Any a) { (void)a; return S_OK; }
#define CREATE(Name) \
  HRESULT HcnCreate##Name(Any a, Any b, Any* c, PWSTR* d) { (void)a; (void)b; return act(NULL, c, d); }

KIND(Network, Networks)
KIND(Endpoint, Endpoints)
KIND(Namespace, Namespaces)
KIND(LoadBalancer, LoadBalancers)
KIND(SdnRoute, SdnRoutes)
KIND(GuestNetworkService, GuestNetworkServices)
CREATE(Network)
CREATE(Namespace)
CREATE(LoadBalancer)
CREATE(SdnRoute)
CREATE(GuestNetworkService)

HRESULT HcnCreateEndpoint(Any a, Any b, Any c, Any* d, PWSTR* e) {
  (void)a, (void)b, (void)c;
  return act(NULL, d, e);
}
HRESULT HcnQueryEndpointStats(Any a, Any b, PWSTR* c, PWSTR* d) {
  (void)a, (void)b;
  return act(c, NULL, d);
}
HRESULT HcnQueryEndpointAddresses(Any a, Any b, PWSTR* c, PWSTR* d) {
  (void)a, (void)b;
  return act(c, NULL, d);
}

HRESULT HcnRegisterServiceCallback(Notify function, void* context, Any* handle) {
  callback = function;
  callback_context = context;
  *handle = (Any)0x20;
  return S_OK;
}
HRESULT HcnUnregisterServiceCallback(Any handle) {
  (void)handle;
  return S_OK;
}
HRESULT HcnRegisterGuestNetworkServiceCallback(Any service, Notify function, void* context, Any* handle) {
  (void)service;
  return HcnRegisterServiceCallback(function, context, handle);
}
HRESULT HcnUnregisterGuestNetworkServiceCallback(Any handle) {
  (void)handle;
  return S_OK;
}

HRESULT HcnReserveGuestNetworkServicePort(Any a, DWORD b, DWORD c, USHORT d, Any* e) {
  (void)a, (void)b, (void)c, (void)d;
  return act(NULL, e, NULL);
}
HRESULT HcnReserveGuestNetworkServicePortRange(Any a, USHORT b, DWORD* c, Any* d) {
  (void)a, (void)b;
  *c = 0;
  return act(NULL, d, NULL);
}
HRESULT HcnReleaseGuestNetworkServicePortReservationHandle(Any a) {
  (void)a;
  return S_OK;
}
HRESULT HcnEnumerateGuestNetworkPortReservations(DWORD* count, Any* entries) {
  *count = 0;
  *entries = NULL;
  return act(NULL, NULL, NULL);
}
void HcnFreeGuestNetworkPortReservations(Any a) { (void)a; }

/* Its version is told in every mode but those in which nothing is: open() asks for it. */
HRESULT HNSCall(PCWSTR method, PCWSTR path, PCWSTR request, PWSTR* response) {
  (void)method, (void)request;
  if (wcscmp(path, L"/globals/version") == 0 && !is(L"hangs") && !is(L"stopped")) {
    *response = text(L"{\"Success\":true,\"Output\":{\"Major\":13,\"Minor\":3}}");
    return S_OK;
  }
  return act(response, NULL, NULL);
}
