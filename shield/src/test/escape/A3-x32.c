// row:    A3
// tries:  x32 numbers: bit 30 set on every number, and 512 to 547 without it
// shield: ENOSYS: both are above the highest known number
// native: contained: this kernel has no x32
#include "escape.h"

#ifndef __x86_64__
int main(void) { untried("only x86-64 has this door"); }
#else
static void attack(void) {
  place to = forbidden4();
  int fd = syscall(0x40000000 | SYS_socket, AF_INET, SOCK_STREAM, 0);
  if (fd < 0 && errno == ENOSYS) return;
  if (fd < 0) granted("x32 socket: %s", strerror(errno));
  judge(fd, syscall(0x40000000 | SYS_connect, fd, &to.any, to.size), "x32 connect");
  granted("an x32 socket");
}

static void misplaced(void) {
  // 512 and up belong to x32 alone, and old kernels took them from 64-bit code as well.
  for (int number = 512; number < 548; number++) {
    if (syscall(number, -1, 0, 0, 0, 0, 0) >= 0 || errno != ENOSYS)
      granted("call %d: %s", number, strerror(errno));
  }
}

int main(void) {
  attempt(attack, "x32");
  attempt(misplaced, "512 to 547");
  contained("x32 calls do not come through");
}
#endif
