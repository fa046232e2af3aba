// row:    S4
// tries:  looks for the shield's variables, which contain private keys, in its own environment and in those of all other processes
// shield: the program does not get them, and the environment of the supervisor is not readable
// native: granted
#include "escape.h"
#include <dirent.h>

extern char **environ;

static int mentions(const char *bytes, size_t size) {
  return memmem(bytes, size, "SCONE_NETWORK_SHIELD", 20) != NULL;
}

int main(void) {
  static char bytes[1 << 17];
  for (char **one = environ; *one; one++) {
    if (mentions(*one, strlen(*one))) granted("%.40s", *one);
  }
  DIR *all = opendir("/proc");
  for (struct dirent *entry; all && (entry = readdir(all));) {
    char path[300];
    snprintf(path, sizeof path, "/proc/%s/environ", entry->d_name);
    int fd = open(path, O_RDONLY);
    size_t size = 0;
    for (ssize_t more; fd >= 0 && (more = read(fd, bytes + size, sizeof bytes - size)) > 0;) size += more;
    if (fd >= 0) close(fd);
    if (mentions(bytes, size)) granted("%s", path);
  }
  contained("no variable of the shield's");
}
