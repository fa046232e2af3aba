// row:    A8
// tries:  limits descriptors and processor time of the supervisor by `prlimit` and scheduling
// shield: `prlimit` on others is refused; a supervisor without resources refuses everything
// native: reached
#include "escape.h"
#include <sys/resource.h>

static void attack(void) {
  place to = forbidden4();
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0) return;
  judge(fd, connect_to(fd, &to), "connect past a supervisor without descriptors");
  if (listen(fd, 8) == 0) granted("listen past a supervisor without descriptors");
}

int main(void) {
  pid_t supervisor = number("SUPERVISOR");
  struct rlimit old, none;
  int limited = prlimit(supervisor, RLIMIT_NOFILE, NULL, &old) == 0;
  none = (struct rlimit){0, old.rlim_max};
  limited = limited && prlimit(supervisor, RLIMIT_NOFILE, &none, NULL) == 0;
  struct sched_param idle = {0};
  sched_setscheduler(supervisor, SCHED_IDLE, &idle);
  for (int i = 0; i < 20; i++) attempt(attack, "connect");
  sched_setscheduler(supervisor, SCHED_OTHER, &idle);
  if (limited) prlimit(supervisor, RLIMIT_NOFILE, &old, NULL);
  contained(limited ? "the starved supervisor lets nothing pass" : "its limits cannot be set");
}
