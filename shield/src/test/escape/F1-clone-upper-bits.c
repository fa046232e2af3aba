// row:    F1
// tries:  `clone` with namespace flags and bits above the lower 32
// shield: the filter compares only the low word
// native: granted
#include "escape.h"

int main(void) {
  const long flags[] = {CLONE_NEWNET, CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWUSER | CLONE_NEWNET};
  for (int i = 0; i < 4; i++) {
    long child = syscall(SYS_clone, 1L << 32 | flags[i] | SIGCHLD, 0, 0, 0, 0);
    if (child == 0) _exit(0);
    if (child < 0) continue;
    waitpid(child, NULL, 0);
    granted("clone with flags 0x%lx", 1L << 32 | flags[i]);
  }
  contained("the upper bits change nothing");
}
