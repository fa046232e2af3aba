// row:    A10
// tries:  a tracer asks the kernel to suspend its child's filter (PTRACE_O_SUSPEND_SECCOMP)
// shield: ptrace is refused; the kernel also requires CAP_SYS_ADMIN and a tracer without a filter
// native: reached
#include "escape.h"
#include <sys/ptrace.h>
#ifndef PTRACE_O_SUSPEND_SECCOMP
#define PTRACE_O_SUSPEND_SECCOMP (1 << 21)
#endif

int main(void) {
  int ready[2];
  if (pipe(ready) < 0) untried("pipe");
  pid_t child = fork();
  if (child == 0) {
    char byte;
    if (read(ready[0], &byte, 1) != 1) _exit(UNTRIED);
    place to = forbidden4();
    try_connect(&to, "connect with the filter suspended");
    _exit(CONTAINED);
  }
  long traced = ptrace(PTRACE_SEIZE, child, 0, PTRACE_O_SUSPEND_SECCOMP);
  int error = errno;
  if (write(ready[1], "x", 1) != 1) untried("pipe");
  int status;
  do {
    if (waitpid(child, &status, __WALL) < 0) untried("wait");
    if (WIFSTOPPED(status)) ptrace(PTRACE_CONT, child, 0, 0);
  } while (WIFSTOPPED(status));
  if (WEXITSTATUS(status) != CONTAINED) _exit(WEXITSTATUS(status));
  if (traced == 0) granted("a child with its filter suspended");
  contained("tracing: %s", strerror(error));
}
