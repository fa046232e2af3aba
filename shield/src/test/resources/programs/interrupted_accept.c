// A server whose blocking accept is interrupted, closes its socket and listens anew. Argument: a port.
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void handler(int signal) {}

int main(int argc, char **argv) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  struct sigaction action = {.sa_handler = handler};
  sigaction(SIGALRM, &action, 0);
  for (int i = 0; i < 3; i++) {
    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(s, (struct sockaddr *)&address, sizeof address)) { perror("bind"); return 1; }
    if (listen(s, 5)) { perror("listen"); return 1; }
    ualarm(50000, 0);
    if (accept(s, 0, 0) != -1 || errno != EINTR) { perror("accept"); return 1; }
    close(s);
  }
  puts("done");
  return 0;
}
