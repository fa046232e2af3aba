// What file calls cost, in microseconds.
// Usage: open_cost FOLDER [INJECTED], with `plain.conf` and `link.conf` (a symbolic link to it) in FOLDER.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { CALLS = 5000, ROUNDS = 10 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static int opens(const char *path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd >= 0) close(fd);
  return fd >= 0;
}

static int exists(const char *path) {
  struct stat status;
  return stat(path, &status) == 0;
}

static void time_calls(const char *name, int (*call)(const char *), const char *path, int succeeds) {
  double start = now();
  for (int i = 0; i < CALLS; i++)
    if (call(path) != succeeds) {
      perror(path);
      exit(1);
    }
  printf("%s: %.2f\n", name, (now() - start) / CALLS);
}

int main(int argc, char **argv) {
  if (argc < 2 || chdir(argv[1])) return 2;
  char path[4096];
  snprintf(path, sizeof path, "%s/plain.conf", argv[1]);
  for (int round = 0; round < ROUNDS; round++) {
    time_calls("open and close", opens, path, 1);
    time_calls("relative", opens, "plain.conf", 1);
    time_calls("through a link", opens, "link.conf", 1);
    time_calls("absent", opens, "absent.conf", 0);
    time_calls("stat", exists, path, 1);
    time_calls("stat of nothing", exists, "absent.conf", 0);
    if (argc > 2) {
      time_calls("injected: open and close", opens, argv[2], 1);
      time_calls("injected: stat", exists, argv[2], 1);
    }
  }
  fflush(stdout);
  return 0;
}
