#include "hns/model/switch_extensions.h"

#include <array>
#include <string_view>

namespace hns {

namespace {

struct Extension {
  std::string_view id;
  bool is_vfp;
};

// As nodes list them; VFP and capture have one id or the other, by the build.
constexpr std::array<Extension, 5> kExtensions = {{
    {"E7C3B2F0-F3C5-48DF-AF2B-10FED6D72E7A", false},  // WFP
    {"F74F241B-440F-4433-BB28-00F89EAD20D8", true},
    {"E9B59CFA-2BE1-4B21-828F-B6FBDBDDC017", true},
    {"430BDADD-BAB0-41AB-A369-94B67FA5BE0A", false},  // NDIS capture
    {"EA24CD6C-D17A-4348-9190-09F0D5BE83DD", false},
}};

}  // namespace

base::Status CheckExtension(const base::Guid& id, bool enabled) {
  for (const Extension& extension : kExtensions) {
    if (base::Guid::Parse(extension.id) != id) continue;
    if (enabled || !extension.is_vfp) return {};
    return base::MakeError(base::hr::HCN_E_REQUEST_UNSUPPORTED, "the embedded switch cannot do without VFP");
  }
  return base::MakeError(base::hr::HCN_E_SWITCH_EXTENSION_NOT_FOUND,
                         "the switch has no extension `" + id.ToString() + "`; it has WFP, VFP and NDIS capture");
}

}  // namespace hns
