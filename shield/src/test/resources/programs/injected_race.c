// A thread keeps changing the path while others open it. Whatever they get, it is never a file that
// lies beneath an injected one, because there is none.
// Usage: injected_race FOLDER MILLISECONDS
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static char path[32];
static atomic_int over;
static atomic_long injected, other, empty, absent, wrong;

static void *change(void *unused) {
  (void)unused;
  while (!over) {
    memcpy(path, "app.conf\0..", 11);
    memcpy(path, "oth.conf\0..", 11);
    // Through a link that leads elsewhere each time.
    memcpy(path, "link/app.conf", 14);
    symlinkat("there", AT_FDCWD, "next");
    rename("next", "link");
    symlinkat(".", AT_FDCWD, "next");
    rename("next", "link");
  }
  return NULL;
}

static void *open_and_read(void *unused) {
  (void)unused;
  char buffer[64];
  while (!over) {
    int fd = open(path, O_RDONLY);
    if (fd < 0) {
      errno == ENOENT || errno == EINTR ? absent++ : wrong++;
      continue;
    }
    ssize_t length = read(fd, buffer, sizeof buffer);
    close(fd);
    if (length == 0) empty++;
    else if (length == 17 && !memcmp(buffer, "injected content\n", 17)) injected++;
    else if (length == 14 && !memcmp(buffer, "other content\n", 14)) other++;
    else wrong++;
  }
  return NULL;
}

int main(int argc, char **argv) {
  if (argc < 3 || chdir(argv[1])) return 2;
  pthread_t threads[4];
  strcpy(path, "oth.conf");
  pthread_create(&threads[0], NULL, change, NULL);
  for (int i = 1; i < 4; i++) pthread_create(&threads[i], NULL, open_and_read, NULL);
  struct timespec rest = {0, 10 * 1000 * 1000};
  for (int waited = 0; waited < atoi(argv[2]) || (!injected || !other) && waited < 20000; waited += 10)
    nanosleep(&rest, NULL);
  over = 1;
  for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
  printf("injected %ld, other %ld, empty %ld, absent %ld, wrong %ld\n", injected, other, empty,
         absent, wrong);
  return wrong || !injected || !other;
}
