// row:    A5
// tries:  calls with numbers that did not exist when the filter was written
// shield: ENOSYS above the highest known number, whatever the kernel supports
// native: contained: this kernel has no more calls
#include "escape.h"

static void attack(void) {
  // The first numbers are the next calls that kernels will have.
  for (long number = 475; number < 1100; number++) {
    if (syscall(number, -1L, 0, 0, 0, 0, 0) >= 0 || errno != ENOSYS)
      granted("call %ld: %s", number, strerror(errno));
  }
  for (int bit = 11; bit < 30; bit++) {
    if (syscall(1L << bit | SYS_socket, AF_INET, SOCK_DGRAM, 0) >= 0 || errno != ENOSYS)
      granted("call %ld: %s", 1L << bit | SYS_socket, strerror(errno));
  }
}

int main(void) {
  attempt(attack, "unknown calls");
  contained("unknown calls are not there");
}
