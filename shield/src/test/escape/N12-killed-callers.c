// row:    N12
// tries:  processes are killed in the middle of supervised calls, hundreds of times
// shield: the supervisor undoes a lost notification and continues
// native: reached
#include "escape.h"

int main(void) {
  place bad = forbidden4(), good = permitted4();
  int rounds = 0;
  for (long end = race_end(); milliseconds() < end; rounds++) {
    pid_t child = fork();
    if (child == 0) {
      while (1) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        judge(fd, connect_to(fd, rounds & 1 ? &bad : &good), "connect of a dying process");
        close(fd);
      }
    }
    pause_for(rounds % 5);
    kill(child, SIGKILL);
    int status;
    waitpid(child, &status, 0);
    if (WIFEXITED(status)) _exit(WEXITSTATUS(status));
  }
  try_connect(&bad, "connect after many have died");
  close(permitted_connection());
  contained("%d processes killed, and the permitted place is there still", rounds);
}
