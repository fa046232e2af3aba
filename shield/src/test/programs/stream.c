// Carries bytes over a connection that was made before whoever supervised it went away.
// Arguments: port, megabytes, a file whose appearance means: go.
#include "talk.h"

enum { BLOCK = 1 << 20 };
static unsigned char expected[BLOCK], block[BLOCK];

int main(int argc, char **argv) {
  int listener = listen_on(argv[1]), megabytes = atoi(argv[2]);
  int client = connect_to(argv[1]), server = accept(listener, 0, 0);
  if (server < 0) fail("accept");
  for (int i = 0; i < BLOCK; i++) expected[i] = byte_at(1, i);
  puts("connected");
  fflush(stdout);
  for (int i = 0; access(argv[3], F_OK); i++) {
    check(i < 6000, "told to go within a minute");
    usleep(10000);
  }
  pid_t writer = fork();
  if (writer == 0) {
    for (int i = 0; i < megabytes; i++) write_all(client, expected, BLOCK);
    if (shutdown(client, SHUT_WR)) fail("shutdown");
    _exit(0);
  }
  for (int i = 0; i < megabytes; i++) {
    struct pollfd readable = {server, POLLIN, 0};
    if (poll(&readable, 1, -1) != 1) fail("poll");
    read_all(server, block, BLOCK);
    check(memcmp(block, expected, BLOCK) == 0, "the bytes sent");
  }
  check(read(server, block, 1) == 0, "the end");
  int status;
  waitpid(writer, &status, 0);
  check(status == 0, "the writer ended well");
  // Whoever asks is gone indeed: a call that is supervised fails.
  struct sockaddr_in name;
  socklen_t length = sizeof name;
  int supervised = getpeername(server, (void *)&name, &length);
  printf("carried %d MB, then getpeername: %s\n", megabytes, supervised ? strerror(errno) : "done");
  return 0;
}
