// row:    N6
// tries:  forty threads in four processes connect as fast as they can
// shield: at the limits calls fail with EAGAIN or ENOBUFS; under overload no call is allowed, and the supervisor recovers
// native: reached
#include "escape.h"

enum { PROCESSES = 4, THREADS = 10 };

static void *storm(void *unused) {
  (void)unused;
  place to = forbidden4();
  for (long end = race_end(); milliseconds() < end;) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0) continue;
    judge(fd, connect_to(fd, &to), "connect in a storm");
    close(fd);
  }
  return NULL;
}

int main(void) {
  for (int p = 0; p < PROCESSES; p++) {
    if (fork() > 0) continue;
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) threads[i] = start_thread(storm, NULL);
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    _exit(CONTAINED);
  }
  int status;
  while (wait(&status) > 0) {
    if (WEXITSTATUS(status) != CONTAINED) _exit(WEXITSTATUS(status));
  }
  close(permitted_connection());
  contained("nothing passed, and the permitted place is there again");
}
