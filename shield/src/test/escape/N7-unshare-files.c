// row:    N7
// tries:  a thread gets a private descriptor table by `unshare(CLONE_FILES)`, so the table of the leader is the wrong one
// shield: the supervisor uses a pidfd of the thread (PIDFD_THREAD), never of its process
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
