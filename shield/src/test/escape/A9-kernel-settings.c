// row:    A9
// tries:  writes kernel settings for which root needs no capability: the programs that the kernel runs for core files, unknown file types and empty control groups, and its network targets
// shield: `/proc/sys`, `/sys` and the other file systems of the kernel are read-only wherever they are mounted
// native: granted
#include "escape.h"
#include <mntent.h>

// Opened, not written: what stands there is everybody's.
static void try_file(const char *folder, const char *file) {
  char path[512];
  snprintf(path, sizeof path, "%s/%s", folder, file);
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd >= 0) granted("%s is open for writing", path);
  if (errno == ENOENT || errno == ENOTDIR) return; // it has none
  if (!turned_away(-1) && errno != EROFS) untried("%s: %s", path, strerror(errno));
}

static void try_folder(const char *folder) {
  char path[512];
  snprintf(path, sizeof path, "%s/a-folder", folder);
  if (mkdir(path, 0700) == 0) {
    rmdir(path);
    granted("%s is new", path);
  }
}

static int is_type(const struct mntent *mount, const char *type) {
  return strcmp(mount->mnt_type, type) == 0;
}

int main(void) {
  FILE *mounts = setmntent("/proc/self/mounts", "r");
  if (!mounts) untried("no list of mounts: %s", strerror(errno));
  int seen = 0;
  for (struct mntent *mount; (mount = getmntent(mounts));) {
    const char *at = mount->mnt_dir;
    if (is_type(mount, "proc")) {
      seen++;
      try_file(at, "sys/kernel/core_pattern");
      try_file(at, "sys/kernel/modprobe");
      try_file(at, "sys/fs/binfmt_misc/register");
      try_file(at, "sys/net/ipv4/ip_forward");
      try_file(at, "sysrq-trigger");
    } else if (is_type(mount, "sysfs")) {
      seen++;
      try_file(at, "kernel/uevent_helper");
    } else if (is_type(mount, "cgroup") || is_type(mount, "cgroup2")) {
      try_file(at, "release_agent");
      try_file(at, "cgroup.procs");
    } else if (is_type(mount, "configfs")) {
      try_folder(at);
    }
  }
  if (seen < 2) untried("neither /proc nor /sys is there");
  contained("the kernel's settings cannot be written");
}
