// A family of processes that share one connection, in the ways programs do.
//   family fork <port>     parent and child take turns on it, then both write and both read
//   family exec <port>     the image that goes on is not the one that connected
//   family pass <port>     one process connects, another that has not gets it by SCM_RIGHTS
//   family serve <port>    a server whose parent greets and whose child answers on one connection
#include "talk.h"

enum { ROUNDS = 300, BLOCK = 1 << 20 };

static void expect_echo(int s, const char *line) {
  char back[64];
  size_t length = strlen(line);
  write_all(s, line, length);
  read_all(s, back, length);
  check(memcmp(line, back, length) == 0, "the echo of what was said");
}

static void turns(int s, int mine, int theirs, const char *name) {
  char line[64], baton;
  for (int i = 0; i < ROUNDS; i++) {
    read_all(theirs, &baton, 1);
    snprintf(line, sizeof line, "%s says %d\n", name, i);
    expect_echo(s, line);
    write_all(mine, "x", 1);
  }
}

// Both write a block and both read a block of what comes back; sums tell whether all came.
static uint64_t flood(int s, unsigned char value) {
  pid_t writer = fork();
  if (writer == 0) {
    char block[4096];
    memset(block, value, sizeof block);
    for (int i = 0; i < BLOCK / (int)sizeof block; i++) write_all(s, block, sizeof block);
    _exit(0);
  }
  unsigned char block[4096];
  uint64_t sum = 0;
  for (int left = BLOCK; left > 0; left -= sizeof block) {
    read_all(s, block, sizeof block);
    for (size_t i = 0; i < sizeof block; i++) sum += block[i];
  }
  int status;
  waitpid(writer, &status, 0);
  check(status == 0, "the writer ended well");
  return sum;
}

static void shared_by_fork(const char *port) {
  int s = connect_to(port), down[2], up[2], result[2];
  expect_echo(s, "before the fork\n");
  if (pipe(down) || pipe(up) || pipe(result)) fail("pipe");
  pid_t child = fork();
  if (child == 0) {
    char baton;
    turns(s, up[1], down[0], "child");
    read_all(down[0], &baton, 1);  // the parent has had its last turn
    uint64_t sum = flood(s, 3);
    write_all(result[1], &sum, sizeof sum);
    _exit(0);
  }
  // The first baton goes to the child, and the child's last one comes back here.
  write_all(down[1], "x", 1);
  turns(s, down[1], up[0], "parent");
  uint64_t sum = flood(s, 5), childs;
  read_all(result[0], &childs, sizeof childs);
  check(sum + childs == 8ull * BLOCK, "each byte reached one of the two");
  int status;
  waitpid(child, &status, 0);
  check(status == 0, "the child ended well");
  expect_echo(s, "after the child\n");
  puts("shared");
}

static void exec_again(const char *self, const char *port, const char *number) {
  if (!number) {
    char text[16];
    int s = connect_to(port);
    write_all(s, "first image, ", 13);
    snprintf(text, sizeof text, "%d", s);
    execl(self, self, "exec", port, text, (char *)0);
    fail("exec");
  }
  int s = atoi(number);
  char back[13];
  read_all(s, back, 13);
  check(memcmp(back, "first image, ", 13) == 0, "what the first image had said");
  expect_echo(s, "second image\n");
  puts("shared");
}

static void send_descriptor(int over, int s) {
  char room[CMSG_SPACE(sizeof(int))] = {0};
  struct iovec one = {"x", 1};
  struct msghdr m = {.msg_iov = &one, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
  struct cmsghdr *c = CMSG_FIRSTHDR(&m);
  c->cmsg_level = SOL_SOCKET;
  c->cmsg_type = SCM_RIGHTS;
  c->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(c), &s, sizeof(int));
  if (sendmsg(over, &m, 0) != 1) fail("sendmsg");
}

static int receive_descriptor(int over) {
  char room[CMSG_SPACE(sizeof(int))], byte;
  struct iovec one = {&byte, 1};
  struct msghdr m = {.msg_iov = &one, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
  if (recvmsg(over, &m, 0) != 1) fail("recvmsg");
  check(CMSG_FIRSTHDR(&m) && CMSG_FIRSTHDR(&m)->cmsg_type == SCM_RIGHTS, "a descriptor came");
  int s;
  memcpy(&s, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof s);
  return s;
}

static void passed(const char *port) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair)) fail("socketpair");
  pid_t child = fork();
  if (child == 0) {
    int s = receive_descriptor(pair[1]), error = -1;
    struct sockaddr_in peer;
    socklen_t length = sizeof peer, size = sizeof error;
    if (getpeername(s, (void *)&peer, &length)) fail("getpeername");
    check(ntohs(peer.sin_port) == atoi(port), "the peer's true address");
    if (getsockopt(s, SOL_SOCKET, SO_ERROR, &error, &size)) fail("getsockopt");
    check(error == 0, "no error");
    expect_echo(s, "from the process that was given it\n");
    _exit(0);
  }
  int s = connect_to(port), status;
  expect_echo(s, "from the process that connected\n");
  send_descriptor(pair[0], s);
  waitpid(child, &status, 0);
  check(status == 0, "the receiver ended well");
  expect_echo(s, "from the process that connected\n");
  puts("shared");
}

static void serve_together(const char *port) {
  int listener = listen_on(port), s = accept(listener, 0, 0), status;
  if (s < 0) fail("accept");
  write_all(s, "parent\n", 7);
  if (fork() == 0) {
    char line[8];
    read_all(s, line, 6);
    check(memcmp(line, "child?", 6) == 0, "the question to the child");
    write_all(s, "child\n", 6);
    _exit(0);
  }
  wait(&status);
  check(status == 0, "the child ended well");
  echo(s);
  puts("served");
}

int main(int argc, char **argv) {
  setvbuf(stdout, 0, _IOLBF, 0);
  if (strcmp(argv[1], "fork") == 0) shared_by_fork(argv[2]);
  if (strcmp(argv[1], "exec") == 0) exec_again(argv[0], argv[2], argc > 3 ? argv[3] : 0);
  if (strcmp(argv[1], "pass") == 0) passed(argv[2]);
  if (strcmp(argv[1], "serve") == 0) serve_together(argv[2]);
  return 0;
}
