// row:    N8
// tries:  executes a copy of itself that its user may execute but not read, which makes it undumpable
// shield: if the supervisor cannot read the memory, it refuses the call
// native: reached
#include "escape.h"
#include <sys/sendfile.h>

int main(int count, char **arguments) {
  (void)arguments;
  if (count > 1) {
    place to = forbidden4();
    try_connect(&to, "connect of a program that cannot be read");
    contained("connect: refused");
  }
  char path[256];
  snprintf(path, sizeof path, "%s/unreadable", setting("SCRATCH"));
  int from = open("/proc/self/exe", O_RDONLY), to = open(path, O_WRONLY | O_CREAT | O_EXCL, 0700);
  struct stat size;
  if (fstat(from, &size) < 0 || sendfile(to, from, NULL, size.st_size) != size.st_size)
    untried("the copy: %s", strerror(errno));
  fchmod(to, 0111);
  close(to);
  execl(path, path, "again", NULL);
  untried("%s: %s", path, strerror(errno));
}
