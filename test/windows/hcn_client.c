/*
 * A program that knows Windows' HCN API and nothing of us: it includes the
 * compiler's own computenetwork.h and takes every function from the system's
 * DLLs at run time, as HCN clients do.
 *
 *   hcn_client make   makes one object of each kind, hears the notifications,
 *                     reads everything back and prints the ids
 *   hcn_client list   prints what is there, by v2 and by v1
 *
 * Ends with 0 when all was as it should be; else says what was not.
 */
#include <objbase.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

#include <computenetwork.h>

/* What that header lacks. */
typedef void* HCN_SDNROUTE;
typedef HRESULT(WINAPI* CreateSdnRoute)(REFGUID, PCWSTR, HCN_SDNROUTE*, PWSTR*);
typedef HRESULT(WINAPI* QuerySdnRoute)(HCN_SDNROUTE, PCWSTR, PWSTR*, PWSTR*);
typedef HRESULT(WINAPI* Close)(void*);
typedef HRESULT(WINAPI* EnumerateSdnRoutes)(PCWSTR, PWSTR*, PWSTR*);
typedef HRESULT(WINAPI* HnsCall)(PCWSTR, PCWSTR, PCWSTR, PWSTR*);

static HMODULE hcn;
static HMODULE hns;

static void* find(HMODULE library, const char* name) {
  void* function = (void*)GetProcAddress(library, name);
  if (function == NULL) {
    printf("no export %s\n", name);
    ExitProcess(2);
  }
  return function;
}
/* The type is that of the header's declaration. */
#define HCN(name) ((__typeof__(&name))find(hcn, #name))

static void check(const char* what, HRESULT code, PWSTR record) {
  if (code == S_OK && record == NULL) return;
  printf("%s: 0x%08lX %ls\n", what, (unsigned long)code, record != NULL ? record : L"");
  CoTaskMemFree(record);
  ExitProcess(1);
}

static void expect(const char* what, PWSTR text, PCWSTR part) {
  if (text != NULL && wcsstr(text, part) != NULL) return;
  printf("%s: `%ls` is not in `%ls`\n", what, part, text != NULL ? text : L"(null)");
  ExitProcess(1);
}

static volatile LONG heard;
static void CALLBACK on_notification(DWORD type, void* context, HRESULT status, PCWSTR data) {
  (void)data;
  if (context == (void*)&heard && status == S_OK && (type == HcnNotificationNetworkCreate || type == HcnNotificationNamespaceCreate)) {
    InterlockedIncrement(&heard);
  }
}

/* Runs this program's `list` while this process has everything open. */
static void list_in_another_process(void) {
  wchar_t program[MAX_PATH], line[MAX_PATH + 16];
  STARTUPINFOW start = {.cb = sizeof start};
  PROCESS_INFORMATION process;
  DWORD status = 1;
  GetModuleFileNameW(NULL, program, MAX_PATH);
  swprintf(line, MAX_PATH + 16, L"\"%ls\" list", program);
  fflush(stdout);
  if (!CreateProcessW(program, line, NULL, NULL, TRUE, 0, NULL, NULL, &start, &process)) {
    printf("no other process: %lu\n", (unsigned long)GetLastError());
    ExitProcess(1);
  }
  WaitForSingleObject(process.hProcess, INFINITE);
  GetExitCodeProcess(process.hProcess, &status);
  CloseHandle(process.hThread);
  CloseHandle(process.hProcess);
  if (status != 0) {
    printf("the other process ended with %lu\n", (unsigned long)status);
    ExitProcess(1);
  }
}

static const GUID kNone = {0};
static PCWSTR kV2 = L"{\"SchemaVersion\":{\"Major\":2,\"Minor\":0}}";

static void make(void) {
  PWSTR record = NULL, text = NULL;
  wchar_t document[1024];
  wchar_t endpoint_id[64];
  HCN_CALLBACK callback = NULL;
  HCN_NETWORK network = NULL;
  HCN_ENDPOINT endpoint = NULL;
  HCN_NAMESPACE name_space = NULL;
  HCN_LOADBALANCER balancer = NULL;
  HCN_SDNROUTE route = NULL;

  check("register", HCN(HcnRegisterServiceCallback)(on_notification, (void*)&heard, &callback), NULL);

  check("create network",
        HCN(HcnCreateNetwork)(&kNone,
                              L"{\"Name\":\"nodes\",\"Type\":\"L2Bridge\",\"SchemaVersion\":{\"Major\":2,\"Minor\":0},"
                              L"\"Ipams\":[{\"Type\":\"Static\",\"Subnets\":[{\"IpAddressPrefix\":\"10.1.0.0/16\","
                              L"\"Routes\":[{\"NextHop\":\"10.1.0.1\",\"DestinationPrefix\":\"0.0.0.0/0\"}]}]}]}",
                              &network, &record),
        record);
  check("query network", HCN(HcnQueryNetworkProperties)(network, kV2, &text, &record), record);
  expect("network", text, L"\"nodes\"");
  CoTaskMemFree(text);

  check("create endpoint",
        HCN(HcnCreateEndpoint)(network, &kNone,
                               L"{\"Name\":\"web\",\"SchemaVersion\":{\"Major\":2,\"Minor\":0},"
                               L"\"IpConfigurations\":[{\"IpAddress\":\"10.1.0.7\",\"PrefixLength\":16}]}",
                               &endpoint, &record),
        record);
  check("query endpoint", HCN(HcnQueryEndpointProperties)(endpoint, kV2, &text, &record), record);
  expect("endpoint", text, L"\"10.1.0.7\"");
  wcsncpy(endpoint_id, wcsstr(text, L"\"ID\":\"") + 6, 36);
  endpoint_id[36] = L'\0';
  CoTaskMemFree(text);

  check("create namespace",
        HCN(HcnCreateNamespace)(&kNone, L"{\"Type\":\"Host\",\"SchemaVersion\":{\"Major\":2,\"Minor\":0}}", &name_space, &record),
        record);
  swprintf(document, 1024, L"{\"ResourceType\":\"Endpoint\",\"RequestType\":\"Add\",\"Settings\":{\"EndpointId\":\"%ls\"}}",
           endpoint_id);
  check("add to namespace", HCN(HcnModifyNamespace)(name_space, document, &record), record);
  check("query namespace", HCN(HcnQueryNamespaceProperties)(name_space, kV2, &text, &record), record);
  expect("namespace", text, L"Endpoint");
  CoTaskMemFree(text);

  swprintf(document, 1024,
           L"{\"SchemaVersion\":{\"Major\":2,\"Minor\":0},\"HostComputeEndpoints\":[\"%ls\"],\"FrontendVIPs\":[\"10.96.0.1\"],"
           L"\"PortMappings\":[{\"Protocol\":6,\"InternalPort\":8080,\"ExternalPort\":80}]}",
           endpoint_id);
  check("create load balancer", HCN(HcnCreateLoadBalancer)(&kNone, document, &balancer, &record), record);
  check("query load balancer", HCN(HcnQueryLoadBalancerProperties)(balancer, kV2, &text, &record), record);
  expect("load balancer", text, L"\"10.96.0.1\"");
  CoTaskMemFree(text);

  swprintf(document, 1024,
           L"{\"SchemaVersion\":{\"Major\":2,\"Minor\":0},\"HostComputeEndpoints\":[\"%ls\"],"
           L"\"Setting\":[{\"DestinationPrefix\":\"10.2.0.0/16\",\"NextHop\":\"10.1.0.9\",\"NeedEncap\":false}]}",
           endpoint_id);
  check("create SDN route", ((CreateSdnRoute)find(hcn, "HcnCreateSdnRoute"))(&kNone, document, &route, &record), record);
  check("query SDN route", ((QuerySdnRoute)find(hcn, "HcnQuerySdnRouteProperties"))(route, kV2, &text, &record), record);
  expect("SDN route", text, L"10.2.0.0/16");
  CoTaskMemFree(text);

  /* Returns when no notification is on its way any more. */
  check("unregister", HCN(HcnUnregisterServiceCallback)(callback), NULL);
  if (heard != 2) {
    printf("heard %ld notifications, not 2\n", (long)heard);
    ExitProcess(1);
  }

  /* A failure has a code, a record and no handle. */
  HCN_NETWORK second = (HCN_NETWORK)1;
  HRESULT refused = HCN(HcnCreateNetwork)(&kNone, L"{", &second, &record);
  if (refused != (HRESULT)0x803B001B || second != NULL) {
    printf("a broken document: 0x%08lX, %p\n", (unsigned long)refused, second);
    ExitProcess(1);
  }
  expect("error record", record, L"\"Success\":false");
  CoTaskMemFree(record);
  record = NULL;

  list_in_another_process();

  check("close network", HCN(HcnCloseNetwork)(network), NULL);
  check("close endpoint", HCN(HcnCloseEndpoint)(endpoint), NULL);
  check("close namespace", HCN(HcnCloseNamespace)(name_space), NULL);
  check("close load balancer", HCN(HcnCloseLoadBalancer)(balancer), NULL);
  check("close SDN route", ((Close)find(hcn, "HcnCloseSdnRoute"))(route), NULL);
  printf("made %ls\n", endpoint_id);
}

static void list(void) {
  PWSTR record = NULL, text = NULL;
  check("enumerate networks", HCN(HcnEnumerateNetworks)(L"", &text, &record), record);
  printf("networks %ls\n", text);
  CoTaskMemFree(text);
  check("enumerate endpoints", HCN(HcnEnumerateEndpoints)(NULL, &text, &record), record);
  printf("endpoints %ls\n", text);
  CoTaskMemFree(text);
  check("enumerate load balancers", HCN(HcnEnumerateLoadBalancers)(L"", &text, &record), record);
  printf("loadBalancers %ls\n", text);
  CoTaskMemFree(text);
  check("enumerate SDN routes", ((EnumerateSdnRoutes)find(hcn, "HcnEnumerateSdnRoutes"))(L"", &text, &record), record);
  printf("sdnRoutes %ls\n", text);
  CoTaskMemFree(text);
  check("HNSCall", ((HnsCall)find(hns, "HNSCall"))(L"GET", L"/endpoints", L"", &text), NULL);
  printf("v1 %ls\n", text);
  CoTaskMemFree(text);
}

int main(int count, char** arguments) {
  hcn = LoadLibraryExW(L"computenetwork.dll", NULL, LOAD_LIBRARY_SEARCH_SYSTEM32);
  hns = LoadLibraryExW(L"vmcompute.dll", NULL, LOAD_LIBRARY_SEARCH_SYSTEM32);
  if (hcn == NULL || hns == NULL || count != 2) {
    printf("the DLLs are not in the system directory (%lu)\n", (unsigned long)GetLastError());
    return 2;
  }
  if (strcmp(arguments[1], "make") == 0) make();
  else list();
  return 0;
}
