// row:    N7
// tries:  a thread gets a descriptor table of its own by `unshare(CLONE_FILES)`: the leader's table is the wrong one
// shield: pidfds of the thread (PIDFD_THREAD), never of its process
// native: reached
#include "private_table.h"

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
