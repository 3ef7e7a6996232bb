#include "hns/store/state_error.h"

#include <lmdb.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace hns {

namespace {

base::HResult CodeOf(int code) {
  const std::error_code error(code, std::system_category());
  if (error == std::errc::permission_denied || error == std::errc::operation_not_permitted ||
      error == std::errc::read_only_file_system) {
    return base::hr::ERROR_ACCESS_DENIED;
  }
  // A limit on the size of files is a full disk to who writes.
  if (error == std::errc::no_space_on_device || error == std::errc::file_too_large) return base::hr::ERROR_DISK_FULL;
#if defined(EDQUOT)
  if (code == EDQUOT) return base::hr::ERROR_DISK_FULL;
#endif
  return base::hr::ERR_STATE_UNAVAILABLE;
}

std::string Sentence(std::string_view verb, const std::filesystem::path& what, const std::string& why) {
  std::string text = "cannot " + std::string(verb);
  if (!what.empty()) text += " `" + what.string() + "`";
  return text + ": " + why;
}

}  // namespace

base::Error SystemError(int code, std::string_view verb, const std::filesystem::path& what) {
  return base::MakeError(CodeOf(code), Sentence(verb, what, std::system_category().message(code)));
}

base::Error LmdbError(int code, std::string_view verb, const std::filesystem::path& folder) {
  switch (code) {
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INVALID:
    case MDB_VERSION_MISMATCH:
    case MDB_INCOMPATIBLE:
      return base::MakeError(base::hr::ERR_STATE_DAMAGED, Sentence(verb, folder, ::mdb_strerror(code)));
    case MDB_READERS_FULL:
      return base::MakeError(base::hr::ERR_STATE_UNAVAILABLE,
                             Sentence(verb, folder, "too many readers at a time; close hosts that share the folder"));
    case MDB_PANIC:
      return base::MakeError(base::hr::ERR_STATE_UNAVAILABLE,
                             Sentence(verb, folder, "an earlier write failed half-way; open the host again"));
    // How LMDB reports a write that came short. To Windows, whose codes it gives
    // otherwise, the same number is a denied access: not when a transaction is under way.
    case EIO:
#if defined(_WIN32)
      if (verb == "open") break;
#endif
      return base::MakeError(base::hr::ERROR_DISK_FULL, Sentence(verb, folder, "the disk is full, or failing"));
    default: break;
  }
  if (code > 0) return SystemError(code, verb, folder);
  return base::MakeError(base::hr::ERR_STATE_UNAVAILABLE, Sentence(verb, folder, ::mdb_strerror(code)));
}

}  // namespace hns
