// row:    F1
// tries:  MSG_FASTOPEN hidden beside bits above the lower 32 of `sendto`'s flags
// shield: the filter compares only the low word
// native: reached
#include "escape.h"

int main(void) {
  place to = forbidden4();
  const long ups[] = {1L << 32, 5L << 32, ~0xffffffffL};
  for (int i = 0; i < 3; i++) {
    int fd = new_socket(AF_INET, SOCK_STREAM);
    long flags = ups[i] | MSG_FASTOPEN;
    long sent = syscall(SYS_sendto, fd | ups[i], "x", 1L, flags, &to.any, (long)to.size | ups[i]);
    judge(fd, sent < 0 ? -1 : 0, "sendto with MSG_FASTOPEN and upper bits");
    close(fd);
  }
  contained("the upper bits change nothing");
}
