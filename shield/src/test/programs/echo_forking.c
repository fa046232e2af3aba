// A pre-forking server: four processes accept from one listener they have inherited.
// Arguments: port, connections to serve in all.
#include "talk.h"

int main(int argc, char **argv) {
  int listener = listen_on(argv[1]), served[2], left = atoi(argv[2]);
  if (pipe(served)) fail("pipe");
  pid_t workers[4];
  for (int i = 0; i < 4; i++) {
    if ((workers[i] = fork()) == 0) {
      for (;;) {
        struct sockaddr_in peer;
        socklen_t length = sizeof peer;
        int s = accept(listener, (void *)&peer, &length);
        if (s < 0) fail("accept");
        check(peer.sin_addr.s_addr == htonl(INADDR_LOOPBACK) && peer.sin_port, "the peer's address");
        echo(s);
        write_all(served[1], "x", 1);
      }
    }
  }
  for (char one; left > 0; left--) read_all(served[0], &one, 1);
  for (int i = 0; i < 4; i++) kill(workers[i], SIGKILL);
  for (int i = 0; i < 4; i++) waitpid(workers[i], 0, 0);
  printf("served %s\n", argv[2]);
  return 0;
}
