// What a program can do with injected files, and what it cannot.
// Usage: injected FOLDER, which holds `app.conf` (injected, mode 0440) and `other.conf` (an ordinary
// file), and lacks the folder `shown` with the injected file `deep/x.conf`.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#define CONTENT "injected content\n"
#define DEEP "deep content\n"

static int failures;

#define CHECK(condition)                                                                           \
  do {                                                                                             \
    errno = 0;                                                                                     \
    if (!(condition)) {                                                                            \
      printf("line %d: %s (errno %d)\n", __LINE__, #condition, errno);                             \
      failures++;                                                                                  \
    }                                                                                              \
  } while (0)

#define FAILS(call, error) CHECK((call) == -1 && errno == (error))

static int holds(int fd, const char *content) {
  char buffer[100] = "";
  if (fd < 0) return 0;
  ssize_t length = read(fd, buffer, sizeof buffer - 1);
  close(fd);
  return length == (ssize_t)strlen(content) && !strcmp(buffer, content);
}

static int lists(int fd, const char *name, int type) {
  DIR *folder = fd < 0 ? NULL : fdopendir(fd);
  int found = 0;
  for (struct dirent *e; folder && (e = readdir(folder));)
    if (!strcmp(e->d_name, name)) found += e->d_type == type ? 1 : 100;
  if (folder) closedir(folder);
  return found == 1;
}

static void opens(int folder) {
  CHECK(holds(open("app.conf", O_RDONLY), CONTENT));
  CHECK(holds(openat(folder, "app.conf", O_RDONLY | O_CLOEXEC), CONTENT));
  CHECK(holds(openat(folder, "./sub/../app.conf", O_RDONLY), CONTENT));
  CHECK(holds(openat(folder, "alias.conf", O_RDONLY), CONTENT));
  CHECK(holds(openat(folder, "alias/app.conf", O_RDONLY), CONTENT));
  CHECK(holds(openat(folder, "alias/alias.conf", O_RDONLY), CONTENT));
  CHECK(holds(openat(folder, "other.conf", O_RDONLY), "other content\n"));
  CHECK(holds(openat(folder, "other.conf", O_RDWR | O_CREAT, 0600), "other content\n"));
  char name[200];
  snprintf(name, sizeof name, "/proc/self/fd/%d/app.conf", folder);
  CHECK(holds(open(name, O_RDONLY), CONTENT));
  snprintf(name, sizeof name, "/dev/fd/%d/app.conf", folder);
  CHECK(access("/dev/fd", F_OK) || holds(open(name, O_RDONLY), CONTENT));
  CHECK(holds(open("/proc/self/cwd/app.conf", O_RDONLY), CONTENT));
  CHECK(holds(open("/proc/thread-self/cwd/app.conf", O_RDONLY), CONTENT));
  char here[200], rooted[500];
  CHECK(getcwd(here, sizeof here));
  snprintf(rooted, sizeof rooted, "/proc/self/root%s//./app.conf", here);
  CHECK(holds(open(rooted, O_RDONLY), CONTENT));
  struct open_how how = {.flags = O_RDONLY, .resolve = RESOLVE_IN_ROOT};
  CHECK(holds(syscall(SYS_openat2, folder, "/../app.conf", &how, sizeof how), CONTENT));
  how.resolve = RESOLVE_NO_SYMLINKS;
  CHECK(holds(syscall(SYS_openat2, folder, "app.conf", &how, sizeof how), CONTENT));
  CHECK(holds(open("shown/deep/x.conf", O_RDONLY), DEEP));
  FAILS(open("app.conf/", O_RDONLY), ENOTDIR);
  FAILS(open("app.conf/..", O_RDONLY), ENOTDIR);
  FAILS(open("app.conf", O_RDONLY | O_DIRECTORY), ENOTDIR);
  FAILS(open("alias.conf", O_RDONLY | O_NOFOLLOW), ELOOP);
  FAILS(open("shown/none", O_RDONLY), ENOENT);
  FAILS(open("none/../app.conf", O_RDONLY), ENOENT);
}

static void descriptors(int folder) {
  int path = openat(folder, "app.conf", O_PATH | O_NOFOLLOW);
  CHECK(path >= 0);
  char name[100], target[200] = "";
  snprintf(name, sizeof name, "/proc/self/fd/%d", path);
  CHECK(holds(open(name, O_RDONLY), CONTENT));
  CHECK(readlink(name, target, sizeof target - 1) > 0 && strstr(target, "app.conf"));
  close(path);
  int one = openat(folder, "app.conf", O_RDONLY), other = openat(folder, "app.conf", O_RDONLY);
  char byte;
  CHECK(read(one, &byte, 1) == 1 && lseek(other, 0, SEEK_CUR) == 0); // each has its own position
  CHECK(!(fcntl(one, F_GETFD) & FD_CLOEXEC));
  struct stat by_name, by_fd;
  CHECK(!stat("app.conf", &by_name) && !fstat(one, &by_fd));
  CHECK(by_name.st_ino == by_fd.st_ino && by_name.st_dev == by_fd.st_dev);
  CHECK(by_name.st_size == (off_t)strlen(CONTENT) && by_name.st_nlink == 1);
  CHECK(by_name.st_mode == (S_IFREG | 0440) && by_name.st_uid == getuid());
  CHECK(!lstat("app.conf", &by_name) && S_ISREG(by_name.st_mode));
  CHECK(!lstat("alias.conf", &by_name) && S_ISLNK(by_name.st_mode));
  CHECK(!fstatat(folder, "alias.conf", &by_name, 0) && by_name.st_ino == by_fd.st_ino);
  struct statx extended;
  CHECK(!statx(folder, "app.conf", 0, STATX_BASIC_STATS, &extended));
  CHECK(extended.stx_ino == by_fd.st_ino && extended.stx_size == strlen(CONTENT));
  char *map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, other, 0);
  CHECK(map != MAP_FAILED && !memcmp(map, CONTENT, strlen(CONTENT)));
  CHECK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, other, 0) == MAP_FAILED);
  CHECK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, other, 0) != MAP_FAILED);
  CHECK(write(other, "x", 1) == -1 && ftruncate(other, 0) == -1);
  snprintf(name, sizeof name, "/proc/self/fd/%d", other);
  int writable = open(name, O_RDWR); // root may; the seal holds nevertheless
  CHECK(writable < 0 || (write(writable, "x", 1) == -1 && ftruncate(writable, 0) == -1));
}

static void questions(int folder) {
  char buffer[200];
  struct statfs system;
  CHECK(!access("app.conf", R_OK) && !access("app.conf", F_OK));
  FAILS(access("app.conf", W_OK), EROFS);
  FAILS(access("app.conf", X_OK), EACCES);
  CHECK(!faccessat(folder, "app.conf", R_OK, AT_EACCESS));
  FAILS(readlink("app.conf", buffer, sizeof buffer), EINVAL);
  CHECK(readlink("alias.conf", buffer, sizeof buffer) == (ssize_t)strlen("app.conf"));
  CHECK(!statfs("app.conf", &system));
  FAILS(getxattr("app.conf", "user.x", buffer, sizeof buffer), ENODATA);
  CHECK(listxattr("app.conf", buffer, sizeof buffer) == 0);
  CHECK(realpath("alias/alias.conf", NULL) && !strstr(realpath("alias/alias.conf", NULL), "alias"));
  struct { struct file_handle head; char more[128]; } handle = {.head.handle_bytes = 128};
  int mount;
  FAILS(name_to_handle_at(folder, "app.conf", &handle.head, &mount, 0), EOPNOTSUPP);
}

static void folders(int folder) {
  CHECK(lists(open(".", O_RDONLY), "app.conf", DT_REG));
  CHECK(lists(open(".", O_RDONLY), "other.conf", DT_REG));
  CHECK(lists(open(".", O_RDONLY), "shown", DT_DIR));
  CHECK(lists(dup(openat(folder, "shown", O_RDONLY | O_DIRECTORY)), "deep", DT_DIR));
  CHECK(lists(open("shown/deep/", O_RDONLY), "x.conf", DT_REG));
  struct stat by_name, by_fd;
  int shown = open("shown", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  CHECK(!stat("shown", &by_name) && S_ISDIR(by_name.st_mode) && !fstat(shown, &by_fd));
  CHECK(by_name.st_ino == by_fd.st_ino);
  CHECK(holds(openat(shown, "deep/x.conf", O_RDONLY), DEEP));
  CHECK(holds(openat(shown, "../app.conf", O_RDONLY), CONTENT));
  CHECK(holds(openat(shown, "deep/../../other.conf", O_RDONLY), "other content\n"));
  FAILS(openat(shown, "new", O_RDWR | O_CREAT, 0600), EROFS);
  FAILS(openat(shown, ".", O_RDWR | O_TMPFILE, 0600), EROFS);
  FAILS(open("shown", O_RDWR), EISDIR);
  FAILS(chdir("shown"), EACCES);
  char before[200], inside[200];
  CHECK(getcwd(before, sizeof before));
  CHECK(!fchdir(shown) && getcwd(inside, sizeof inside));
  CHECK(!strncmp(before, inside, strlen(before)) && !strcmp(inside + strlen(before), "/shown"));
  CHECK(holds(open("deep/x.conf", O_RDONLY), DEEP));
  CHECK(holds(open("../app.conf", O_RDONLY), CONTENT));
  CHECK(!fchdir(folder));
}

static void refusals(int folder) {
  struct timeval times[2] = {0};
  FAILS(open("app.conf", O_WRONLY), EROFS);
  FAILS(open("app.conf", O_RDWR | O_CREAT, 0600), EROFS);
  FAILS(open("app.conf", O_RDONLY | O_TRUNC), EROFS);
  FAILS(open("app.conf", O_RDONLY | O_CREAT | O_EXCL, 0600), EEXIST);
  FAILS(creat("app.conf", 0600), EROFS);
  FAILS(truncate("app.conf", 0), EROFS);
  FAILS(chmod("app.conf", 0600), EROFS);
  FAILS(fchmodat(folder, "app.conf", 0600, 0), EROFS);
  FAILS(chown("app.conf", getuid(), -1), EROFS);
  FAILS(lchown("app.conf", getuid(), -1), EROFS);
  FAILS(utimes("app.conf", times), EROFS);
  FAILS(utimensat(folder, "app.conf", NULL, 0), EROFS);
  FAILS(setxattr("app.conf", "user.x", "y", 1, 0), EROFS);
  FAILS(unlink("app.conf"), EROFS);
  FAILS(unlinkat(folder, "shown/deep/x.conf", 0), EROFS);
  FAILS(rmdir("shown"), EROFS);
  FAILS(rename("app.conf", "moved"), EROFS);
  FAILS(rename("other.conf", "app.conf"), EROFS);
  FAILS(renameat2(folder, "other.conf", folder, "alias/app.conf", RENAME_EXCHANGE), EROFS);
  FAILS(link("app.conf", "linked"), EXDEV);
  FAILS(link("other.conf", "app.conf"), EEXIST);
  FAILS(symlink("other.conf", "app.conf"), EEXIST);
  FAILS(mkdir("app.conf", 0700), EEXIST);
  FAILS(mkdir("shown", 0700), EEXIST);
  FAILS(mkdir("shown/new", 0700), EROFS);
  FAILS(mknod("app.conf", S_IFIFO | 0600, 0), EEXIST);
  char here[200], moved[210];
  CHECK(getcwd(here, sizeof here));
  snprintf(moved, sizeof moved, "%s-moved", here);
  FAILS(rename(here, moved), EBUSY);
  CHECK(holds(open("app.conf", O_RDONLY), CONTENT));
}

// The supervisor may open more than this program may: its own memory.
static void supervisors_files(int folder) {
  int shown = open("shown", O_RDONLY | O_DIRECTORY);
  const char *names[] = {"mem", "environ", "maps", "fd", "root", "stat", "task", "cwd/"};
  CHECK(!fchdir(shown));
  for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
    char path[300];
    snprintf(path, sizeof path, "../../../../../../proc/%d/%s", getppid(), names[i]);
    CHECK(openat(AT_FDCWD, path, O_RDONLY) == -1);
    CHECK(openat(shown, path, O_PATH) == -1);
    snprintf(path, sizeof path, "../alias-of-proc/%d/%s", getppid(), names[i]);
    CHECK(openat(shown, path, O_RDONLY) == -1);
  }
  CHECK(holds(open("../other.conf", O_RDONLY), "other content\n"));
  struct stat status;
  CHECK(!stat("../other.conf", &status) && S_ISREG(status.st_mode));
  FAILS(open("../other.conf", O_RDWR), EACCES);
  CHECK(!fchdir(folder));
  close(shown);
}

static void executions(int folder) {
  char path[] = "shown/deep/../script.sh"; // vfork shares it, and it is used again
  char *arguments[] = {path, "one", NULL}, *environment[] = {NULL};
  for (int i = 0; i < 3; i++) {
    pid_t child;
    int status;
    const char *spawned = i == 2 ? "shown/deep/../script.sh" : path;
    CHECK(!posix_spawn(&child, spawned, NULL, NULL, arguments, environment));
    CHECK(waitpid(child, &status, 0) == child && status == 0);
  }
  int status;
  pid_t child = vfork();
  if (child == 0) {
    syscall(SYS_execveat, folder, path, arguments, environment, 0);
    _exit(1);
  }
  CHECK(waitpid(child, &status, 0) == child && status == 0);
  FAILS(execve("app.conf", arguments, environment), EACCES);
  FAILS(execve("shown", arguments, environment), EACCES);
}

static void ordinary_files(int folder) {
  CHECK(close(open("new.conf", O_RDWR | O_CREAT | O_EXCL, 0640)) == 0);
  CHECK(!rename("new.conf", "renamed.conf") && !unlink("renamed.conf"));
  CHECK(!mkdir("sub/made", 0700) && !rmdir("sub/made"));
  CHECK(!symlink("x", "sub/link") && !unlinkat(folder, "sub/link", 0));
  CHECK(!mkfifo("sub/fifo", 0600));
  int fifo = open("sub/fifo", O_RDONLY | O_NONBLOCK);
  CHECK(fifo >= 0 && !unlink("sub/fifo"));
  FAILS(open((const char *)1, O_RDONLY), EFAULT);
  FAILS(open("", O_RDONLY), ENOENT);
  char longest[5000];
  memset(longest, 'a', sizeof longest);
  longest[sizeof longest - 1] = 0;
  FAILS(open(longest, O_RDONLY), ENAMETOOLONG);
  FAILS(openat(-1, "app.conf", O_RDONLY), EBADF);
  symlink("loop", "sub/loop");
  FAILS(open("sub/loop", O_RDONLY), ELOOP);
  unlink("sub/loop");
}

int main(int argc, char **argv) {
  if (argc < 2 || chdir(argv[1])) return 2;
  int folder = open(".", O_RDONLY | O_DIRECTORY);
  opens(folder);
  descriptors(folder);
  questions(folder);
  folders(folder);
  refusals(folder);
  supervisors_files(folder);
  executions(folder);
  ordinary_files(folder);
  pid_t child = fork();
  if (child == 0) {
    failures = 0;
    opens(folder);
    folders(folder);
    exit(failures != 0);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child && status == 0);
  return failures != 0;
}
