// row:    A6
// tries:  `clone3` passes its namespace flags behind a pointer, which the filter cannot follow
// shield: ENOSYS, so that the C library falls back to clone(2)
// native: granted
#include "escape.h"
#include <linux/sched.h>

static void attack(unsigned long long flags, const char *what) {
  struct clone_args arguments = {.flags = flags, .exit_signal = SIGCHLD};
  long child = syscall(SYS_clone3, &arguments, sizeof arguments);
  if (child == 0) _exit(0);
  if (child > 0) {
    waitpid(child, NULL, 0);
    granted("clone3 with %s", what);
  }
  if (!turned_away(child)) granted("clone3 is looked into: %s", strerror(errno));
}

int main(void) {
  attack(CLONE_NEWUSER | CLONE_NEWNET, "a network namespace of its own");
  attack(CLONE_NEWNS, "a mount namespace");
  attack(0, "nothing special");
  contained("clone3 is not there");
}
