// row:    A7
// tries:  `pidfd_getfd` takes sockets out of the supervisor and out of a neighbour
// shield: the call is refused
// native: granted
#include "escape.h"

static void attack(const char *who) {
  int pidfd = syscall(SYS_pidfd_open, number(who), 0);
  if (pidfd < 0) return;
  for (int number = 0; number < 256; number++) {
    int fd = syscall(SYS_pidfd_getfd, pidfd, number, 0);
    if (fd >= 0) granted("descriptor %d of %s", number, who);
    if (!turned_away(fd) && errno != EBADF) granted("pidfd_getfd: %s", strerror(errno));
    if (errno == EBADF && number == 0) granted("the table of %s", who);
  }
}

int main(void) {
  attack("SUPERVISOR");
  attack("NEIGHBOUR");
  contained("no descriptors of others");
}
