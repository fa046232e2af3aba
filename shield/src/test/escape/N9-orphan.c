// row:    N9
// tries:  a child outlives the program and connects after the program has ended
// shield: the filter stays; the shield serves until the last descendant has ended, or calls fail with ENOSYS
// native: reached
#include "escape.h"

int main(void) {
  if (fork() > 0) _exit(LATER);
  pause_for(150);
  place to = forbidden4();
  try_connect(&to, "connect of an orphan");
  contained("the orphan's connect: refused");
}
