// row:    A7
// tries:  `kcmp` compares objects with those of the supervisor, which reveals kernel addresses
// shield: the call is refused
// native: granted
#include "escape.h"

int main(void) {
  // Type 0 (KCMP_FILE), descriptors 0 and 0.
  if (syscall(SYS_kcmp, getpid(), number("SUPERVISOR"), 0, 0, 0) >= 0 || !turned_away(-1))
    granted("kcmp with the supervisor: %s", strerror(errno));
  contained("nothing to compare with");
}
