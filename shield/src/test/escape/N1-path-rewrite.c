// row:    N1
// tries:  a second thread keeps rewriting the path in the address of a Unix socket
// shield: the supervisor copies the path once, and checks and uses the copy
// native: reached
#include "escape.h"

static place both[2];
static place shared;
static volatile int over;

static void *rewrite(void *unused) {
  (void)unused;
  for (unsigned turn = 0; !over; turn++)
    memcpy(shared.un.sun_path, both[turn & 1].un.sun_path, sizeof shared.un.sun_path);
  return NULL;
}

int main(void) {
  both[0] = path_at(setting("PERMITTED_UNIX")), both[1] = path_at(setting("FORBIDDEN_STREAM"));
  shared = both[0];
  shared.size = sizeof shared.un;
  pthread_t thread = start_thread(rewrite, NULL);
  int passed = 0;
  for (long end = race_end(); racing(end, passed);) {
    int fd = new_socket(AF_UNIX, SOCK_STREAM);
    if (connect_to(fd, &shared) == 0) {
      passed++;
      if (greeting(fd) == 'F') reached("connect, the path rewritten meanwhile");
    }
    close(fd);
  }
  over = 1;
  pthread_join(thread, NULL);
  if (!passed) untried("the permitted path never won");
  contained("%d connections, all to the permitted path", passed);
}
