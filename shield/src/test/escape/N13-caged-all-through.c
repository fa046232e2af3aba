// row:    N13
// tries:  checks that every process and thread has the filter: after execve, in threads, in grandchildren
// shield: the shield installs the filter on the thread that starts the program, before the start
// native: granted
#include "escape.h"

static void *check(void *who) {
  char line[256], path[64];
  snprintf(path, sizeof path, "/proc/self/task/%ld/status", syscall(SYS_gettid));
  FILE *file = fopen(path, "r");
  int mode = -1, privileges = -1;
  while (file && fgets(line, sizeof line, file)) {
    sscanf(line, "Seccomp: %d", &mode);
    sscanf(line, "NoNewPrivs: %d", &privileges);
  }
  if (mode != 2) granted("seccomp mode %d in %s", mode, (char *)who);
  if (privileges != 1) granted("new privileges in %s", (char *)who);
  return NULL;
}

static void in_child(void) { check("a child"); }

int main(int count, char **arguments) {
  check("the program");
  pthread_join(start_thread(check, "a thread"), NULL);
  attempt(in_child, "a child");
  if (count < 4) {
    execl("/proc/self/exe", arguments[0], "again", count > 1 ? "again" : NULL,
          count > 2 ? "again" : NULL, NULL);
    untried("execve: %s", strerror(errno));
  }
  contained("caged all through");
}
