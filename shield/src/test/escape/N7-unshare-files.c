// row:    N7
// tries:  a thread gets a descriptor table of its own by `unshare(CLONE_FILES)`: the leader's table is the wrong one
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

static void *works(void *unused) {
  (void)unused;
  if (unshare(CLONE_FILES) < 0) contained("unshare(CLONE_FILES): %s", strerror(errno));
  inside("connect from a private table");
  return NULL;
}

int main(void) {
  number_ = theirs = new_socket(AF_INET, SOCK_STREAM);
  pthread_join(start_thread(works, NULL), NULL);
  check_first();
  contained("each table is its own");
}
