// row:    S2
// tries:  mounts, moves its root, opens trees, so that a permitted path means something else between check and use
// shield: EPERM or no capability
// native: granted
#include "escape.h"
#include <sys/mount.h>

static void mounts(void) {
  const char *folder = setting("SCRATCH");
  if (mount("none", folder, "tmpfs", 0, NULL) == 0) {
    umount2(folder, MNT_DETACH);
    granted("a mount");
  }
  if (mount(setting("FORBIDDEN_STREAM"), setting("PERMITTED_UNIX"), NULL, MS_BIND, NULL) == 0) {
    umount2(setting("PERMITTED_UNIX"), MNT_DETACH);
    granted("the forbidden socket under the permitted name");
  }
  if (syscall(SYS_open_tree, AT_FDCWD, folder, 1) >= 0) granted("open_tree");
  if (syscall(467, AT_FDCWD, folder, 1, NULL, 0) >= 0) granted("open_tree_attr");
  if (syscall(SYS_fsopen, "tmpfs", 0) >= 0) granted("fsopen");
  if (syscall(SYS_pivot_root, ".", ".") == 0) granted("pivot_root");
}

int main(void) {
  attempt(mounts, "mount");
  contained("no mount, no other root");
}
