// row:    F6
// tries:  installs filters that allow, trace, log or notify `connect`, to override those of the shield
// shield: the kernel uses the strictest result; a notification without a listener is ENOSYS
// native: reached
#include "escape.h"
#include <linux/filter.h>
#include <linux/seccomp.h>

// A filter that answers every connect(2) with `action`.
static void install(unsigned action) {
  struct sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_connect, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, action),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {4, code};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0) _exit(CONTAINED);
}

static void with(unsigned action) {
  install(action);
  place to = forbidden4();
  try_connect(&to, "connect under a filter of our own");
}

static void allow(void) { with(SECCOMP_RET_ALLOW); }
static void log_it(void) { with(SECCOMP_RET_LOG); }
static void trace(void) { with(SECCOMP_RET_TRACE); }
static void notify(void) { with(SECCOMP_RET_USER_NOTIF); }

int main(void) {
  attempt(allow, "allow");
  attempt(log_it, "log");
  attempt(trace, "trace");
  attempt(notify, "notify");
  contained("a filter of our own changes nothing");
}
