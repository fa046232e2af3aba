// row:    S3
// tries:  the C library's resolver asks a name server, by UDP and by TCP
// shield: UDP is refused, and TCP is decided like any connection
// native: reached
#include "escape.h"
#include <arpa/nameser.h>
#include <resolv.h>

static void ask(int port, int by_tcp) {
  unsigned char answer[512];
  if (fork() > 0) return;
  alarm(3); // whatever answers is no name server, and the resolver would wait for more
  res_init();
  _res.nscount = 1;
  _res.nsaddr_list[0] = v4_at("127.0.0.1", port).v4;
  _res.retrans = 1, _res.retry = 1;
  _res.options |= by_tcp ? RES_USEVC : 0;
  _res.options &= ~(RES_DNSRCH | RES_DEFNAMES);
  // Whether a question got out, the name server knows: it never answers.
  res_query("secret.example", ns_c_in, ns_t_a, answer, sizeof answer);
  _exit(CONTAINED);
}

int main(void) {
  ask(number("FORBIDDEN_UDP4"), 0);
  ask(number("FORBIDDEN_TCP4"), 1);
  while (wait(NULL) > 0) {
  }
  // No place greets here; the test asks them.
  contained("as far as can be seen from here");
}
