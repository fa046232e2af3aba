// row:    A8
// tries:  stops the supervisor while a call waits for it
// shield: Landlock stops signals to processes outside; a stopped supervisor allows nothing
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

// Tells forbidden from waiting: a call that hangs has not passed.
int main(void) {
  place to = forbidden4();
  int stopped = signalled(SIGSTOP);
  pid_t child = fork();
  if (child == 0) {
    alarm(10);
    try_connect(&to, "connect past a stopped supervisor");
    _exit(CONTAINED);
  }
  int status;
  waitpid(child, &status, 0);
  signalled(SIGCONT);
  if (WIFEXITED(status) && WEXITSTATUS(status) != CONTAINED) _exit(WEXITSTATUS(status));
  contained(stopped ? "nothing passed the stopped supervisor" : "the supervisor cannot be stopped");
}
