// row:    A8
// tries:  kills the supervisor, and connects during and after its exit
// shield: Landlock stops signals to processes outside; without a supervisor every supervised call fails with ENOSYS
// native: reached
#include "escape.h"

// Every way to signal the supervisor.
static int signalled(int signal) {
  pid_t pid = number("SUPERVISOR");
  siginfo_t info = {.si_signo = signal, .si_code = SI_QUEUE, .si_pid = getpid()};
  int pidfd = syscall(SYS_pidfd_open, pid, 0);
  return kill(pid, signal) == 0 || syscall(SYS_tgkill, pid, pid, signal) == 0 ||
         syscall(SYS_tkill, pid, signal) == 0 ||
         syscall(SYS_rt_sigqueueinfo, pid, signal, &info) == 0 ||
         (pidfd >= 0 && syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0) == 0);
}

static void attack(void) {
  place to = forbidden4();
  try_connect(&to, "connect without a supervisor");
}

int main(void) {
  int killed = signalled(SIGKILL);
  for (int i = 0; i < 50; i++) attempt(attack, "connect without a supervisor");
  contained(killed ? "the supervisor is dead and nothing got out" : "the supervisor cannot be killed");
}
