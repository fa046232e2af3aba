// row:    A9
// tries:  calls that bypass or slow down any check: bpf, perf_event_open, userfaultfd, keyctl, kexec, open_by_handle_at, modules
// shield: EPERM or ENOSYS, whatever their arguments
// native: granted
#include "escape.h"

// Arguments that the kernel would complain about, so that nothing is done where the door is open.
static void try_call(const char *name, long number, long a, long b, long c, long d, long e) {
  long result = syscall(number, a, b, c, d, e);
  if (!turned_away(result)) granted("%s: %s", name, result < 0 ? strerror(errno) : "done");
}

int main(void) {
  try_call("bpf", SYS_bpf, 0xffff, 0, 0, 0, 0);
  try_call("perf_event_open", SYS_perf_event_open, 0, 0, 0, -1, 0);
  try_call("userfaultfd", SYS_userfaultfd, -1, 0, 0, 0, 0);
  try_call("keyctl", SYS_keyctl, 0xffff, 0, 0, 0, 0);
  try_call("add_key", SYS_add_key, 0, 0, 0, 0, 0);
  try_call("request_key", SYS_request_key, 0, 0, 0, 0, 0);
  try_call("kexec_load", SYS_kexec_load, 0, 0, 0, -1, 0);
  try_call("open_by_handle_at", SYS_open_by_handle_at, -1, 0, 0, 0, 0);
  try_call("init_module", SYS_init_module, 0, 0, 0, 0, 0);
  try_call("finit_module", SYS_finit_module, -1, 0, 0, 0, 0);
  contained("none of them is there");
}
