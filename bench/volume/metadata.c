// bench/volume/metadata DIRECTORY FILES: how many operations on names and small files a file system does in a second.
// One line for each kind: its name and the operations in a second. The directory is empty before and after.
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char text[1024];
static int files;

static void create(int i, const char *name) {
  (void)i;
  int fd = open(name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
  if (fd < 0 || close(fd)) err(1, "create %s", name);
}

static void put(int i, const char *name) {
  (void)i;
  int fd = open(name, O_WRONLY | O_TRUNC | O_CLOEXEC);
  if (fd < 0 || write(fd, text, sizeof text) != sizeof text || close(fd)) err(1, "write %s", name);
}

static void look(int i, const char *name) {
  (void)i;
  struct stat status;
  if (stat(name, &status) || status.st_size != sizeof text) err(1, "stat %s", name);
}

static void get(int i, const char *name) {
  (void)i;
  char buffer[2 * sizeof text];
  int fd = open(name, O_RDONLY | O_CLOEXEC);
  if (fd < 0 || read(fd, buffer, sizeof buffer) != sizeof text || close(fd)) err(1, "read %s", name);
}

static void move(int i, const char *name) {
  char to[32];
  snprintf(to, sizeof to, "moved-%d", i);
  if (rename(name, to)) err(1, "rename %s", name);
}

static void cut(int i, const char *name) {
  (void)name;
  char moved[32];
  snprintf(moved, sizeof moved, "moved-%d", i);
  if (unlink(moved)) err(1, "unlink %s", moved);
}

static void safe(int i, const char *name) {
  (void)i;
  int fd = open(name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
  if (fd < 0 || write(fd, text, sizeof text) != sizeof text || fsync(fd) || close(fd)) err(1, "fsync %s", name);
}

static void erase(int i, const char *name) {
  (void)i;
  if (unlink(name)) err(1, "unlink %s", name);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static void each(const char *kind, int count, void (*work)(int, const char *)) {
  double begin = now();
  for (int i = 0; i < count; i++) {
    char name[32];
    snprintf(name, sizeof name, "file-%d", i);
    work(i, name);
  }
  if (kind) printf("%s %.1f\n", kind, count / (now() - begin));
}

static void list(void) {
  double begin = now();
  int rounds = 3, seen = 0;
  for (int i = 0; i < rounds; i++) {
    DIR *directory = opendir(".");
    if (!directory) err(1, "opendir");
    for (struct dirent *entry; (entry = readdir(directory));) {
      struct stat status;
      if (fstatat(dirfd(directory), entry->d_name, &status, 0)) err(1, "stat %s", entry->d_name);
      seen++;
    }
    closedir(directory);
  }
  if (seen != rounds * (files + 2)) errx(1, "%d names seen", seen);
  printf("readdir-stat %.1f\n", seen / (now() - begin));
}

int main(int count, char **words) {
  if (count != 3 || chdir(words[1])) err(1, "usage: metadata DIRECTORY FILES");
  files = atoi(words[2]);
  memset(text, 'x', sizeof text);
  each("create", files, create);
  each("write-1k", files, put);
  each("stat", files, look);
  each("open-read", files, get);
  list();
  each("rename", files, move);
  each("unlink", files, cut);
  each("create-fsync", files / 10, safe);
  each(NULL, files / 10, erase);
  return 0;
}
