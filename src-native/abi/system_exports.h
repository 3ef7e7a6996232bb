// Prototypes of what computenetwork.dll and vmcompute.dll export: mingw-w64's
// computenetwork.h, and below what that header lacks. Where it has a function,
// the compiler refuses a definition that differs from it.
#pragma once

#include <windows.h>
// CoTaskMemFree: strings of these functions are freed with it.
#include <objbase.h>

// Declares with C linkage itself.
#include <computenetwork.h>

extern "C" {

typedef void* HCN_SDNROUTE;

HRESULT WINAPI HcnQueryEndpointStats(HCN_ENDPOINT Endpoint, PCWSTR Query, PWSTR* Stats, PWSTR* ErrorRecord);
HRESULT WINAPI HcnQueryEndpointAddresses(HCN_ENDPOINT Endpoint, PCWSTR Query, PWSTR* Addresses, PWSTR* ErrorRecord);

HRESULT WINAPI HcnEnumerateSdnRoutes(PCWSTR Query, PWSTR* SdnRoutes, PWSTR* ErrorRecord);
HRESULT WINAPI HcnCreateSdnRoute(REFGUID Id, PCWSTR Settings, HCN_SDNROUTE* SdnRoute, PWSTR* ErrorRecord);
HRESULT WINAPI HcnOpenSdnRoute(REFGUID Id, HCN_SDNROUTE* SdnRoute, PWSTR* ErrorRecord);
HRESULT WINAPI HcnModifySdnRoute(HCN_SDNROUTE SdnRoute, PCWSTR Settings, PWSTR* ErrorRecord);
HRESULT WINAPI HcnQuerySdnRouteProperties(HCN_SDNROUTE SdnRoute, PCWSTR Query, PWSTR* Properties, PWSTR* ErrorRecord);
HRESULT WINAPI HcnDeleteSdnRoute(REFGUID Id, PWSTR* ErrorRecord);
HRESULT WINAPI HcnCloseSdnRoute(HCN_SDNROUTE SdnRoute);

HRESULT WINAPI HcnEnumerateGuestNetworkServices(PCWSTR Query, PWSTR* Services, PWSTR* ErrorRecord);
HRESULT WINAPI HcnOpenGuestNetworkService(REFGUID Id, HCN_GUESTNETWORKSERVICE* Service, PWSTR* ErrorRecord);
HRESULT WINAPI HcnQueryGuestNetworkServiceProperties(HCN_GUESTNETWORKSERVICE Service, PCWSTR Query, PWSTR* Properties,
                                                     PWSTR* ErrorRecord);

// vmcompute.dll.
HRESULT WINAPI HNSCall(PCWSTR Method, PCWSTR Path, PCWSTR Request, PWSTR* Response);

// Nobody has published the parameters of these.
HRESULT WINAPI HcnRegisterNetworkCallback();
HRESULT WINAPI HcnUnregisterNetworkCallback();
HRESULT WINAPI HcnQueryFeatures();
HRESULT WINAPI HcnQueryMetrics();

}  // extern "C"
