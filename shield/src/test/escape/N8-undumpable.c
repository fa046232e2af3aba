// row:    N8
// tries:  makes itself undumpable, so that its memory cannot be read
// shield: if the supervisor cannot read the memory, it refuses the call
// native: reached
#include "escape.h"

int main(void) {
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  place to = forbidden4();
  try_connect(&to, "connect of an undumpable process");
  int fd = new_socket(AF_INET, SOCK_STREAM);
  if (listen(fd, 1) == 0) granted("listen of an undumpable process");
  contained("connect: refused");
}
