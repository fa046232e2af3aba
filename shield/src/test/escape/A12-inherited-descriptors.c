// row:    A12
// tries:  looks for descriptors that the JVM or its caller left open
// shield: the program gets only 0, 1 and 2
// native: reached
#include "escape.h"

int main(void) {
  for (int fd = 0; fd < 65536; fd++) {
    struct stat what;
    if (fstat(fd, &what) < 0) continue;
    if (S_ISSOCK(what.st_mode) && greeting(fd) == 'F')
      reached("descriptor %d, connected by somebody else", fd);
    if (fd > 2 || S_ISSOCK(what.st_mode)) granted("descriptor %d (mode %o)", fd, what.st_mode);
  }
  contained("0, 1 and 2, and none of them a socket");
}
