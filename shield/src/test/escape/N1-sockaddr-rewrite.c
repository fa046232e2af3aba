// row:    N1
// tries:  a second thread keeps rewriting the port in the address while `connect` is decided
// shield: the supervisor copies the address once, and checks and uses the copy
// native: reached
#include "escape.h"

static place shared;
static volatile int over;

static void *rewrite(void *ports) {
  in_port_t *port = ports;
  for (unsigned turn = 0; !over; turn++)
    *(volatile in_port_t *)&shared.v4.sin_port = port[turn & 1];
  return NULL;
}

int main(void) {
  in_port_t ports[] = {permitted4().v4.sin_port, forbidden4().v4.sin_port};
  shared = permitted4();
  pthread_t thread = start_thread(rewrite, ports);
  int passed = 0;
  for (long end = race_end(); racing(end, passed);) {
    int fd = new_socket(AF_INET, SOCK_STREAM);
    if (connect_to(fd, &shared) == 0) {
      passed++;
      if (greeting(fd) == 'F') reached("connect, the address rewritten meanwhile");
    }
    close(fd);
  }
  over = 1;
  pthread_join(thread, NULL);
  if (!passed) untried("the permitted address never won");
  contained("%d connections, all to the permitted place", passed);
}
