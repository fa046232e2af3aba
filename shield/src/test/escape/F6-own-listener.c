// row:    F6
// tries:  installs a filter with a listener, to answer its own calls
// shield: EBUSY: the kernel allows one listener per tree
// native: granted
#include "escape.h"
#include <linux/filter.h>
#include <linux/seccomp.h>

int main(void) {
  struct sock_filter code[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  struct sock_fprog program = {1, code};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  // 1 << 6 is the flag of the proposed nested listeners.
  for (int extra = 0; extra <= 1 << 6; extra += 1 << 6) {
    long fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                      SECCOMP_FILTER_FLAG_NEW_LISTENER | extra, &program);
    if (fd >= 0) granted("a listener");
  }
  contained("a listener: %s", strerror(errno));
}
