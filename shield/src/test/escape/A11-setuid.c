// row:    A11
// tries:  an ordinary user executes a set-user-ID copy of this program to become root
// shield: with no_new_privs the kernel ignores the mode bit
// native: granted
#include "escape.h"
#include <grp.h>

int main(int count, char **arguments) {
  if (count > 1) {
    if (geteuid() == 0) granted("root, by %s", arguments[0]);
    contained("still user %d", geteuid());
  }
  // The test has made the copy: root's, executable by all, with the mode bit set.
  const char *twin = setting("SETUID_TWIN");
  if (geteuid() == 0 && (setgroups(0, NULL) < 0 || setgid(65534) < 0 || setuid(65534) < 0))
    untried("becoming nobody: %s", strerror(errno));
  execl(twin, twin, "again", NULL);
  untried("%s: %s", twin, strerror(errno));
}
