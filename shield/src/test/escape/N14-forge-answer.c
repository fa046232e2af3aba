// row:    N14
// tries:  answers notifications itself through any descriptor it finds, its own and the supervisor's
// shield: only the supervisor has the listener, and its descriptor table is not accessible
// native: contained: without a listener there is nothing to answer
#include "escape.h"
#include <linux/seccomp.h>
#include <sys/ioctl.h>

static void attack(int fd, const char *where) {
  struct seccomp_notif_resp answer = {.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
  struct seccomp_notif request = {0};
  for (__u64 id = 0; id < 64; id++) {
    answer.id = id;
    // ENOENT comes from a real listener that does not know this id.
    if (ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &answer) == 0 || errno == ENOENT)
      granted("a listener at %s", where);
  }
  if (fcntl(fd, F_GETFD) >= 0 && ioctl(fd, SECCOMP_IOCTL_NOTIF_ID_VALID, &request.id) == 0)
    granted("a listener at %s", where);
}

int main(void) {
  for (int fd = 0; fd < 1024; fd++) attack(fd, "a number of ours");
  for (int fd = 0; fd < 256; fd++) {
    char path[64], target[128] = "";
    snprintf(path, sizeof path, "/proc/%d/fd/%d", number("SUPERVISOR"), fd);
    if (readlink(path, target, sizeof target - 1) > 0 && strstr(target, "seccomp"))
      granted("%s: %s", path, target);
    int opened = open(path, O_RDWR | O_NONBLOCK);
    if (opened > 2) attack(opened, path);
    if (opened >= 0) close(opened);
  }
  contained("no listener to be found");
}
