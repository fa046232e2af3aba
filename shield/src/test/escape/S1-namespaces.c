// row:    S1
// tries:  `unshare`, `clone` and `setns` for every kind of namespace
// shield: the flags are refused with EPERM
// native: granted
#include "escape.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

static const int kinds[] = {CLONE_NEWNS,  CLONE_NEWNET, CLONE_NEWUSER,   CLONE_NEWPID,
                            CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWCGROUP, CLONE_NEWTIME};

static void try_unshare(void) {
  for (int i = 0; i < 8; i++) {
    if (unshare(kinds[i]) == 0) granted("unshare(0x%x)", kinds[i]);
  }
  if (unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0) granted("a user and a network namespace");
}

static void try_clone(void) {
  // Without the last: CLONE_NEWTIME is no flag of clone(2), its bit belongs to the exit signal.
  for (int i = 0; i < 7; i++) {
    long child = syscall(SYS_clone, kinds[i] | SIGCHLD, 0, 0, 0, 0);
    if (child == 0) _exit(0);
    if (child > 0) granted("clone(0x%x)", kinds[i]);
  }
}

static void try_setns(void) {
  static const char *const files[] = {"net", "mnt", "user", "pid"};
  for (int i = 0; i < 4; i++) {
    char path[64];
    for (int who = 0; who < 2; who++) {
      snprintf(path, sizeof path, "/proc/%d/ns/%s", who ? number("SUPERVISOR") : getpid(), files[i]);
      int fd = open(path, O_RDONLY);
      if (fd >= 0 && setns(fd, 0) == 0) granted("setns to %s", path);
    }
  }
  int pidfd = syscall(SYS_pidfd_open, number("SUPERVISOR"), 0);
  if (pidfd >= 0 && setns(pidfd, CLONE_NEWNET) == 0) granted("setns to the supervisor");
}

int main(void) {
  attempt(try_unshare, "unshare");
  attempt(try_clone, "clone");
  attempt(try_setns, "setns");
  contained("no namespace but ours");
}
