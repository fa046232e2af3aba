// row:    F1
// tries:  `connect` and `listen` with upper bits in the descriptor and the length
// shield: the supervisor reads ints, as the kernel does
// native: reached
#include "escape.h"

int main(void) {
  place to = forbidden4();
  const long ups[] = {1L << 32, 7L << 40, ~0xffffffffL};
  for (int i = 0; i < 3; i++) {
    int fd = new_socket(AF_INET, SOCK_STREAM);
    long size = i == 2 ? (long)to.size : (long)to.size | ups[i];
    judge(fd, syscall(SYS_connect, fd | ups[i], &to.any, size), "connect with upper bits");
    if (syscall(SYS_listen, fd | ups[i], 1L | ups[i]) == 0) granted("listen with upper bits");
    close(fd);
  }
  contained("the upper bits change nothing");
}
