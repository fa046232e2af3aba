// row:    A10
// tries:  a tracer turns its child's harmless call into a refused `socket` call after the filter has run
// shield: ptrace is refused; kernels since 4.8 run the filter again
// native: granted
#include "escape.h"
#include <sys/ptrace.h>
#include <sys/user.h>

#ifndef __x86_64__
int main(void) { untried("written for x86-64 registers"); }
#else
int main(void) {
  pid_t child = fork();
  if (child == 0) {
    if (ptrace(PTRACE_TRACEME, 0, 0, 0) < 0) contained("PTRACE_TRACEME: %s", strerror(errno));
    raise(SIGSTOP);
    // The tracer makes this socket(AF_PACKET, SOCK_RAW, 0) or, without privileges, UDP.
    long fd = syscall(SYS_getppid, geteuid() ? AF_INET : AF_PACKET, geteuid() ? SOCK_DGRAM : SOCK_RAW, 0);
    struct stat what;
    if (fd > 2 && fd < 100 && fstat(fd, &what) == 0 && S_ISSOCK(what.st_mode))
      granted("a socket of a refused kind");
    _exit(CONTAINED);
  }
  int status;
  waitpid(child, &status, 0);
  if (WIFEXITED(status)) _exit(WEXITSTATUS(status));
  ptrace(PTRACE_SYSCALL, child, 0, 0);
  waitpid(child, &status, 0);
  while (WIFSTOPPED(status)) {
    struct user_regs_struct registers;
    ptrace(PTRACE_GETREGS, child, 0, &registers);
    if (registers.orig_rax == SYS_getppid) {
      registers.orig_rax = SYS_socket;
      ptrace(PTRACE_SETREGS, child, 0, &registers);
    }
    ptrace(PTRACE_SYSCALL, child, 0, 0);
    waitpid(child, &status, 0);
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) != CONTAINED) _exit(WEXITSTATUS(status));
  contained("the rewritten call did not pass");
}
#endif
