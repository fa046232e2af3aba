// row:    N9
// tries:  a child outlives the program and connects when the program is gone
// shield: the filter stays; the shield serves until the last descendant has ended, or calls are ENOSYS
// native: reached
#include "escape.h"

int main(void) {
  if (fork() > 0) _exit(LATER);
  pause_for(150);
  place to = forbidden4();
  try_connect(&to, "connect of an orphan");
  contained("the orphan's connect: refused");
}
