#include "hns/model/names.h"

#include <string>

#include "hns/model/limits.h"

namespace hns {

base::Status CheckNames(const schema::ObjectBase& object, base::HResult code) {
  const char* member = object.name.size() > limits::kNameBytes    ? "Name"
                       : object.owner.size() > limits::kNameBytes ? "Owner"
                                                                  : nullptr;
  if (member == nullptr) return {};
  return base::MakeError(
      code, "`" + std::string(member) + "` has more than " + std::to_string(limits::kNameBytes) + " bytes");
}

}  // namespace hns
