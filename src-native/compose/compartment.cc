#include "compose/compartment.h"

#if defined(_WIN32)
#include "abi/system_compartments.h"
#endif

namespace compose {

#if defined(_WIN32)

base::Result<std::uint32_t> EnterCompartment(std::uint32_t compartment) {
  HNS_ASSIGN_OR_RETURN(const abi::SystemCompartments compartments,
                       abi::SystemCompartments::Open(abi::SystemLibrary::Folder() / "iphlpapi.dll"));
  return compartments.Enter(compartment);
}

#else

base::Result<std::uint32_t> EnterCompartment(std::uint32_t) {
  return base::MakeError(base::hr::ERROR_NOT_SUPPORTED, "only Windows has compartments");
}

#endif

}  // namespace compose
