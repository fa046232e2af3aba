// row:    N7
// tries:  a thread made by `clone(CLONE_VM|CLONE_THREAD)` without CLONE_FILES
// shield: pidfds of the thread (PIDFD_THREAD), never of its process
// native: reached
#include "escape.h"

// The number stands for one socket in the first thread's table and for another in ours.
static int number_, theirs;
static int stack_done;

// Checks, in a table of our own, that a forbidden place stays one and that the permitted one
// connects our socket, not the first thread's.
static void inside(const char *how) {
  place bad = forbidden4(), good = permitted4();
  int mine = new_socket(AF_INET, SOCK_STREAM);
  dup2(mine, number_);
  judge(number_, connect_to(number_, &bad), how);
  dup2(new_socket(AF_INET, SOCK_STREAM), number_);
  if (connect_to(number_, &good) == 0 && greeting(number_) != 'P')
    granted("%s: another socket was connected", how);
  stack_done = 1;
}

static void check_first(void) {
  if (connected(theirs))
    granted("the first thread's socket was connected instead");
}

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
  for (long end = milliseconds() + 4000; !finished;) {
    if (milliseconds() > end) untried("the thread hangs");
    pause_for(1);
  }
  check_first();
  contained("each table is its own");
}
