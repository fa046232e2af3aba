// row:    U5
// tries:  replaces the permitted socket, and its folder, by a symbolic link to a forbidden socket
// shield: in a path of a rule, the shield follows only links that existed when the program started
// native: reached
#include "escape.h"

static place permitted;

// Connects in a process of its own, so that everything can be put back whatever comes of it.
static int connect_now(const char *how) {
  pid_t child = fork();
  if (child == 0) {
    try_connect(&permitted, how);
    contained("%s: %s", how, strerror(errno));
  }
  int status;
  if (child < 0 || waitpid(child, &status, 0) < 0) return UNTRIED;
  return WIFEXITED(status) ? WEXITSTATUS(status) : UNTRIED;
}

// Puts a link to `target` in the place of `path` meanwhile.
static int linked(const char *path, const char *target, const char *how) {
  char aside[220];
  snprintf(aside, sizeof aside, "%.200s.aside", path);
  if (rename(path, aside) < 0) untried("rename %s: %s", path, strerror(errno));
  int code = symlink(target, path) < 0 ? UNTRIED : connect_now(how);
  unlink(path);
  if (rename(aside, path) < 0) untried("rename %s: %s", aside, strerror(errno));
  return code;
}

int main(void) {
  const char *path = setting("PERMITTED_UNIX");
  permitted = path_at(path);
  int code = linked(path, setting("FORBIDDEN_STREAM"), "a link in the place of the socket");
  if (code != CONTAINED) return code;
  char folder[200], fake[200], inside[220];
  snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
  snprintf(fake, sizeof fake, "%.80s/fake", setting("SCRATCH"));
  snprintf(inside, sizeof inside, "%s%s", fake, strrchr(path, '/'));
  if (mkdir(fake, 0755) < 0 || link(setting("FORBIDDEN_STREAM"), inside) < 0)
    untried("a folder of ours: %s", strerror(errno));
  code = linked(folder, fake, "a link in the place of the folder");
  unlink(inside);
  return code;
}
