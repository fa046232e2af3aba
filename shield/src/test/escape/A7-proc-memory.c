// row:    A7
// tries:  opens the files of the supervisor in `/proc`: memory, environment and descriptors of every thread
// shield: the supervisor is not dumpable and the program has no CAP_SYS_PTRACE
// native: granted
#include "escape.h"
#include <dirent.h>

static void look(const char *folder) {
  static const char *const files[] = {"mem", "environ", "maps", "auxv", "syscall", "stack", "io"};
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    char path[300], byte;
    snprintf(path, sizeof path, "%s/%s", folder, files[i]);
    int fd = open(path, i == 0 ? O_RDWR : O_RDONLY);
    if (fd >= 0 && (i == 0 || read(fd, &byte, 1) > 0)) granted("%s", path);
    if (fd >= 0) close(fd);
  }
  static const char *const links[] = {"fd/0", "fd/5", "exe", "cwd", "root", "ns/net"};
  for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
    char path[300], target[300];
    snprintf(path, sizeof path, "%s/%s", folder, links[i]);
    if (readlink(path, target, sizeof target) > 0) granted("%s", path);
  }
}

int main(void) {
  char folder[64], thread[400];
  snprintf(folder, sizeof folder, "/proc/%d", number("SUPERVISOR"));
  look(folder);
  snprintf(folder, sizeof folder, "/proc/%d/task", number("SUPERVISOR"));
  DIR *threads = opendir(folder);
  if (!threads) contained("no threads to be seen");
  for (struct dirent *entry; (entry = readdir(threads));) {
    snprintf(thread, sizeof thread, "%s/%s", folder, entry->d_name);
    if (entry->d_name[0] != '.') look(thread);
  }
  contained("the supervisor shows nothing");
}
