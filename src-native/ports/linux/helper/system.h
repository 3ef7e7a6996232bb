// The few system calls the helper makes again and again, with errors for people.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ports/linux/fd.h"
#include "ports/linux/system_error.h"

namespace ports::helper {

// Opens, writes everything at once, closes. Creates nothing.
base::Status WriteExisting(const std::string& path, std::string_view text);
// Creates an empty file or keeps the one that is there.
base::Status TouchFile(const std::string& path);
// "/proc/sys/net/" + name := value in the current network namespace, when the
// kernel lets us: some containers have it read-only, and IPv6 may be absent.
void TrySysctl(std::string_view name, std::string_view value);

// Closes every descriptor from `first` on but `keep`.
void CloseFrom(int first, int keep = -1);

// An executable in PATH, or in the folders for administrators, which an
// ordinary user's PATH may lack. Empty when there is none.
std::string FindProgram(const std::string& name);

// Runs `ip -batch` with these lines in the current network namespace. On
// failure: iproute2's own words and the line they are about. kPass: a line that
// fails is passed over.
enum class IpErrors { kStop, kPass };
base::Status RunIp(const std::vector<std::string>& lines, IpErrors errors = IpErrors::kStop);

// waitpid without EINTR. Returns the wait status, or -1.
int WaitFor(pid_t pid);

// Puts the calling process into a network namespace until destroyed. A process
// that cannot come back is in a wrong place for good: it ends.
class InNetns {
 public:
  InNetns(const Fd& target, const Fd& home);
  ~InNetns();
  InNetns(const InNetns&) = delete;
  InNetns& operator=(const InNetns&) = delete;
  const base::Status& status() const { return status_; }

 private:
  const Fd& home_;
  base::Status status_;
};

}  // namespace ports::helper
