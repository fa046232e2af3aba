// row:    N7
// tries:  creates a thread by `clone(CLONE_VM|CLONE_THREAD)` without CLONE_FILES
// shield: the supervisor uses a pidfd of the thread (PIDFD_THREAD), never of its process
// native: reached
#include "private_table.h"

static volatile int finished;

static int works(void *unused) {
  (void)unused;
  inside("connect from a table of the thread's own");
  finished = 1;
  // No C library state of our own: only this thread ends.
  syscall(SYS_exit, 0);
  return 0;
}

int main(void) {
  number_ = theirs = new_socket(AF_INET, SOCK_STREAM);
  char *stack = mmap(NULL, 1 << 18, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  int flags = CLONE_VM | CLONE_THREAD | CLONE_SIGHAND | CLONE_FS | CLONE_SYSVSEM;
  if (clone(works, stack + (1 << 18), flags, NULL) < 0) contained("clone: %s", strerror(errno));
  for (long end = milliseconds() + 30000; !finished;) {
    if (milliseconds() > end) untried("the thread hangs");
    pause_for(1);
  }
  check_first();
  contained("each table is its own");
}
