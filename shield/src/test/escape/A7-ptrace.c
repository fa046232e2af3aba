// row:    A7
// tries:  ptrace attaches to the supervisor, and to a neighbour that has no shield
// shield: ptrace is refused; the supervisor is not dumpable
// native: granted
#include "escape.h"
#include <sys/ptrace.h>

static void attack(const char *who) {
  pid_t pid = number(who);
  if (ptrace(PTRACE_SEIZE, pid, 0, 0) == 0) {
    ptrace(PTRACE_DETACH, pid, 0, 0);
    granted("ptrace of %s", who);
  }
  if (ptrace(PTRACE_ATTACH, pid, 0, 0) == 0) {
    waitpid(pid, NULL, __WALL);
    ptrace(PTRACE_DETACH, pid, 0, 0);
    granted("ptrace of %s", who);
  }
}

int main(void) {
  attack("SUPERVISOR");
  attack("NEIGHBOUR");
  contained("nobody can be traced");
}
