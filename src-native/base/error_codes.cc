#include "base/error_codes.h"

#include "base/service_codes.h"

namespace base {

std::string_view ErrorSymbol(HResult code) {
  switch (code) {
#define HNS_VFP_SYMBOL(symbol, value, text) \
  case MakeHResult(value): return #symbol;
    HNS_VFP_ERROR_CODES(HNS_VFP_SYMBOL)
    HNS_VFP_SERVICE_CODES(HNS_VFP_SYMBOL)
#undef HNS_VFP_SYMBOL
  }
  return {};
}

std::string_view ErrorText(HResult code) {
  switch (code) {
#define HNS_VFP_TEXT(symbol, value, text) \
  case MakeHResult(value): return text;
    HNS_VFP_ERROR_CODES(HNS_VFP_TEXT)
    HNS_VFP_SERVICE_CODES(HNS_VFP_TEXT)
#undef HNS_VFP_TEXT
  }
  return {};
}

}  // namespace base
