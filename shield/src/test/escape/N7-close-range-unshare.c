// row:    N7
// tries:  `close_range(CLOSE_RANGE_UNSHARE)` creates a private descriptor table
// shield: the supervisor uses a pidfd of the thread (PIDFD_THREAD), never of its process
// native: reached
#include "private_table.h"

static void *works(void *unused) {
  (void)unused;
  if (syscall(SYS_close_range, 200, 210, 2) < 0) contained("close_range: %s", strerror(errno));
  inside("connect from a table made by close_range");
  return NULL;
}

int main(void) {
  number_ = theirs = new_socket(AF_INET, SOCK_STREAM);
  pthread_join(start_thread(works, NULL), NULL);
  check_first();
  contained("each table is its own");
}
