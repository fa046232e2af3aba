// row:    N9
// tries:  a grandchild in a session of its own whose parents have ended
// shield: processes inherit the filter, and the supervisor is the subreaper of the processes that it started
// native: reached
#include "escape.h"

static void daemon_connects(int told) {
  place to = forbidden4();
  setsid();
  if (fork() > 0) _exit(0);
  // Our parent is gone now; whoever reaps us is not our ancestor's child.
  pause_for(50);
  int fd = new_socket(AF_INET, SOCK_STREAM);
  char letter = 0;
  if (connect_to(fd, &to) == 0) letter = greeting(fd) == 'F' ? 'F' : 'C';
  else letter = 'r';
  if (write(told, &letter, 1) < 0) perror("told");
  _exit(0);
}

int main(void) {
  int told[2];
  if (pipe(told) < 0) untried("pipe");
  if (fork() == 0) daemon_connects(told[1]);
  close(told[1]);
  wait(NULL);
  char letter = 0;
  if (read(told[0], &letter, 1) != 1) untried("the daemon has died");
  if (letter == 'F') reached("connect of a daemon");
  if (letter == 'C') granted("connect of a daemon");
  contained("the daemon's connect: refused");
}
