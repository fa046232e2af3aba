// row:    A7
// tries:  `process_vm_readv` and `process_vm_writev` on the supervisor and on a neighbour
// shield: both calls are refused
// native: granted
#include "escape.h"
#include <sys/uio.h>

static void attack(const char *who) {
  pid_t pid = number(who);
  char bytes[8] = {0};
  // An address that nobody has: EFAULT means that the door itself was open.
  struct iovec mine = {bytes, sizeof bytes}, theirs = {(void *)16, sizeof bytes};
  if (process_vm_readv(pid, &mine, 1, &theirs, 1, 0) >= 0 || !turned_away(-1))
    granted("process_vm_readv of %s: %s", who, strerror(errno));
  if (process_vm_writev(pid, &mine, 1, &theirs, 1, 0) >= 0 || !turned_away(-1))
    granted("process_vm_writev of %s: %s", who, strerror(errno));
}

int main(void) {
  attack("SUPERVISOR");
  attack("NEIGHBOUR");
  contained("no memory but our own");
}
