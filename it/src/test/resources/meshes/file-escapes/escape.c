// Programs that try to reach files, devices and processes which no policy gives them. Each is a
// function; `--list` tells what they try, a name runs one, and `all` runs every one in a process of
// its own. One line each: `<name>: contained`, or `<name>: granted: <what>`.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CONTAINED = 0, GRANTED = 1 };

static const char *running;

__attribute__((format(printf, 1, 2), noreturn)) static void granted(const char *format, ...) {
  char what[400];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(what, sizeof what, format, arguments);
  va_end(arguments);
  printf("%s: granted: %s\n", running, what);
  fflush(stdout);
  _exit(GRANTED);
}

static const char *setting(const char *name) {
  const char *value = getenv(name);
  return value ? value : "/nonexistent";
}

static void opens(const char *path, int flags) {
  int fd = open(path, flags | O_CLOEXEC | O_NONBLOCK, 0600);
  if (fd < 0) return;
  char byte;
  if ((flags & O_ACCMODE) == O_RDONLY && read(fd, &byte, 1) != 1) {
    close(fd);
    return;
  }
  granted("%s %s", flags & (O_WRONLY | O_RDWR) ? "writes" : "reads", path);
}

static void in_state(const char *name, int flags) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", setting("STATE"), name);
  opens(path, flags);
}

static void seal_key(void) { in_state("cas/seal.key", O_RDONLY); }
static void store(void) { in_state("cas/cas.db", O_RDWR); }
static void identity(void) { in_state("identity.pem", O_RDONLY); }

// Everything in the state directory whose names are not known.
static void any_file(const char *folder) {
  DIR *all = opendir(folder);
  if (all) granted("lists %s", folder);
}

static void tokens(void) {
  char path[4096];
  snprintf(path, sizeof path, "%s/tokens", setting("STATE"));
  any_file(path);
  any_file(setting("STATE"));
}

static void jars(void) {
  DIR *all = opendir(setting("LIB"));
  if (!all) return;
  for (struct dirent *entry; (entry = readdir(all));) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", setting("LIB"), entry->d_name);
    if (!strstr(path, ".jar")) continue;
    opens(path, O_WRONLY);
    opens(path, O_RDONLY);
  }
}

static void cron(void) {
  const char *path = "/etc/cron.d/testudo-escape.test";  // cron passes by names with a dot
  int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return;
  unlink(path);
  granted("makes %s", path);
}

static void shadow(void) { opens("/etc/shadow", O_RDONLY); }

static void makes(const char *path) {
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return;
  unlink(path);
  granted("makes %s", path);
}

static void anywhere(void) {
  makes("/testudo-escape");
  makes("/usr/testudo-escape");
  makes("/usr/local/bin/testudo-escape");
  makes("/etc/testudo-escape");
  makes("/etc/ssl/certs/testudo-escape");
  makes("/var/testudo-escape");
  makes("/dev/testudo-escape");
  makes("/root/testudo-escape");
  makes("/home/testudo-escape");
}

static void devices(void) {
  opens("/dev/mem", O_RDONLY);
  opens("/dev/kmsg", O_WRONLY);
  static const char *names[] = {"sda", "vda", "nvme0n1", "loop-control", "fuse", "net/tun"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    char path[64];
    snprintf(path, sizeof path, "/dev/%s", names[i]);
    opens(path, O_RDWR);
  }
}

static void made_devices(void) {
  static const char *folders[] = {"/tmp", "/run", "/dev/shm", "/var/tmp"};
  for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
    char path[64];
    snprintf(path, sizeof path, "%s/testudo-device", folders[i]);
    if (mknod(path, S_IFCHR | 0600, makedev(1, 11)) < 0) continue;  // /dev/kmsg
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    unlink(path);
    if (fd >= 0) granted("opens a device that it made in %s", folders[i]);
  }
}

static int ours(pid_t pid) { return pid == getpid() || pid == getppid(); }

// The neighbour, where its number is known; else whoever is there.
static pid_t next_process(pid_t pid) {
  const char *known = getenv("NEIGHBOUR");
  if (known) return pid ? 0 : atoi(known);
  do pid++;
  while (pid < 40000 && (ours(pid) || pid == 1));
  return pid < 40000 ? pid : 0;
}

static void of_process(pid_t pid, const char *name, int flags) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
  opens(path, flags);
}

static void neighbours(void) {
  for (pid_t pid = 0; (pid = next_process(pid));) {
    of_process(pid, "environ", O_RDONLY);
    of_process(pid, "maps", O_RDONLY);
    of_process(pid, "mem", O_RDWR);
    of_process(pid, "cmdline", O_RDONLY);
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/root/usr", pid);
    if (access(path, F_OK) == 0) granted("looks into the root of process %d", pid);
  }
}

static void signals(void) {
  for (pid_t pid = 0; (pid = next_process(pid));) {
    if (kill(pid, 0) == 0) granted("may signal process %d", pid);
  }
}

static void traces(void) {
  for (pid_t pid = 0; (pid = next_process(pid));) {
    if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) == 0) granted("traces process %d", pid);
  }
}

// The agent: process 1 of the service's PID namespace, and the parent.
static pid_t agent(void) { return getenv("NEIGHBOUR") ? atoi(setting("NEIGHBOUR")) : 1; }

static void agent_files(void) {
  of_process(agent(), "environ", O_RDONLY);
  of_process(agent(), "maps", O_RDONLY);
  of_process(agent(), "mem", O_RDWR);
  char path[4200];
  snprintf(path, sizeof path, "/proc/%d/root/etc/shadow", agent());
  opens(path, O_RDONLY);
  snprintf(path, sizeof path, "/proc/%d/root%s/cas/seal.key", agent(), setting("STATE"));
  opens(path, O_RDONLY);
  snprintf(path, sizeof path, "/proc/%d/fd", agent());
  any_file(path);
}

static void agent_memory(void) {
  char room[16];
  struct iovec here = {room, sizeof room};
  for (uintptr_t at = 0x400000; at < 0x600000; at += 4096) {
    struct iovec there = {(void *)at, sizeof room};
    if (process_vm_readv(agent(), &here, 1, &there, 1, 0) > 0) granted("reads its memory");
    if (errno != EFAULT) return;
  }
  granted("may read its memory, where there is some");
}

static void descriptors(void) {
  for (int fd = 3; fd < 1024; fd++) {
    if (fcntl(fd, F_GETFD) >= 0) granted("has descriptor %d", fd);
  }
}

static void unmasks(void) {
  static const char *masked[] = {"/proc/kcore", "/proc/sys", "/proc/keys", "/proc", "/usr", "/dev"};
  for (size_t i = 0; i < sizeof masked / sizeof *masked; i++) {
    if (mount(NULL, masked[i], NULL, MS_REMOUNT | MS_BIND, NULL) == 0) granted("remounts %s", masked[i]);
    if (umount2(masked[i], MNT_DETACH) == 0) granted("unmounts %s", masked[i]);
  }
}

static void remounts(void) {
  if (!getenv("NEIGHBOUR")) unmasks();
  else if (unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0) unmasks();
}

static void binds(void) {
  mkdir("/tmp/testudo-bind", 0700);
  if (getenv("NEIGHBOUR") && unshare(CLONE_NEWNS) == 0) mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
  if (mount("/", "/tmp/testudo-bind", NULL, MS_BIND | MS_REC, NULL) == 0) granted("binds the root elsewhere");
  if (mount("none", "/tmp/testudo-bind", "tmpfs", 0, NULL) == 0) granted("mounts a tmpfs");
  if (mount("none", "/tmp/testudo-bind", "proc", 0, NULL) == 0) granted("mounts a new /proc");
  rmdir("/tmp/testudo-bind");
}

static void writes(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  if (write(fd, text, strlen(text)) < 0) perror(path);
  close(fd);
}

// Root of a user namespace of its own may mount, but takes nothing away that lies over the view.
static void nested(void) {
  if (getenv("NEIGHBOUR")) {
    // Without a cage there is no need for a namespace: what shall be reached is there.
    seal_key();
    return;
  }
  char map[64];
  uid_t user = getuid();
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0) return;
  writes("/proc/self/setgroups", "deny");
  snprintf(map, sizeof map, "0 %d 1", user);
  writes("/proc/self/uid_map", map);
  unmasks();
  if (mount("none", "/proc", "proc", 0, NULL) == 0) {
    opens("/proc/kcore", O_RDONLY);
    opens("/proc/sysrq-trigger", O_WRONLY);
  }
  if (mount("none", "/sys", "sysfs", 0, NULL) == 0) granted("mounts a new /sys");
  seal_key();
  anywhere();
  devices();
}

struct handle {
  struct file_handle head;
  unsigned char bytes[MAX_HANDLE_SZ];
};

// A file by its handle, as `--handle` tells it, on the file system where /usr lies.
static void by_handle(void) {
  struct handle handle = {.head = {.handle_bytes = MAX_HANDLE_SZ}};
  const char *text = setting("HANDLE");
  int type, used = 0;
  if (sscanf(text, "%d:%n", &type, &used) != 1) return;
  handle.head.handle_type = type;
  int length = 0;
  for (const char *at = text + used; at[0] && at[1]; at += 2) {
    unsigned value;
    if (sscanf(at, "%2x", &value) != 1) return;
    handle.head.f_handle[length++] = value;
  }
  handle.head.handle_bytes = length;
  int place = open("/usr", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int fd = open_by_handle_at(place, &handle.head, O_RDONLY | O_CLOEXEC);
  if (fd >= 0) granted("opens a file of the machine by its handle");
}

static int tell_handle(const char *path) {
  struct handle handle = {.head = {.handle_bytes = MAX_HANDLE_SZ}};
  int mount_id;
  if (name_to_handle_at(AT_FDCWD, path, &handle.head, &mount_id, 0) < 0) return perror(path), 2;
  printf("%d:", handle.head.handle_type);
  for (unsigned i = 0; i < handle.head.handle_bytes; i++) printf("%02x", handle.head.f_handle[i]);
  printf("\n");
  return 0;
}

static void kernel_settings(void) {
  opens("/proc/sys/kernel/core_pattern", O_WRONLY);
  opens("/proc/sys/kernel/modprobe", O_WRONLY);
  opens("/proc/sys/kernel/hostname", O_WRONLY);
  opens("/proc/sys/vm/drop_caches", O_WRONLY);
  opens("/proc/sysrq-trigger", O_WRONLY);
  opens("/sys/kernel/mm/transparent_hugepage/enabled", O_WRONLY);
  opens("/sys/fs/cgroup/cgroup.procs", O_WRONLY);
}

static void kernel_memory(void) {
  opens("/proc/kcore", O_RDONLY);
  opens("/proc/timer_list", O_RDONLY);
  opens("/proc/kallsyms", O_RDONLY);
}

static void setuid_program(void) {
  const char *twin = setting("SETUID_TWIN");
  pid_t child = fork();
  if (child == 0) {
    execl(twin, twin, "--am-i-root", (char *)NULL);
    _exit(0);
  }
  int status;
  waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 7) granted("becomes root by a set-user-id program");
}

static void change_root(void) {
  mkdir("/tmp/testudo-root", 0700);
  int outside = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (chroot("/tmp/testudo-root") < 0 && outside >= 0) {
    rmdir("/tmp/testudo-root");
    return;
  }
  if (fchdir(outside) < 0) return;
  for (int i = 0; i < 64; i++) {
    if (chdir("..") < 0) return;
  }
  if (chroot(".") < 0) return;
  rmdir("/tmp/testudo-root");
  granted("changes its root, and out of it again");
}

static void becomes_other(void) {
  if (getuid() == 0 && getenv("NEIGHBOUR") == NULL) granted("is root");
  if (setuid(12345) == 0) granted("becomes another user");
  if (setgid(12345) == 0) granted("becomes another group");
}

static const struct {
  const char *name;
  void (*run)(void);
  const char *tries;
  const char *held;
} programs[] = {
    {"seal-key", seal_key, "reads the seal key of CAS, which opens its store", "the state directory is not in the view"},
    {"store", store, "writes into the database of CAS", "the state directory is not in the view"},
    {"tokens", tokens, "looks for other services' tokens", "the state directory is not in the view"},
    {"identity", identity, "reads the key under which sessions are registered", "the state directory is not in the view"},
    {"jars", jars, "reads and writes Testudo's own jars, which are measured and trusted", "they are not in the view"},
    {"cron", cron, "puts a file into `/etc/cron.d` for cron to run", "`/etc` contains only what programs need, read-only"},
    {"shadow", shadow, "reads `/etc/shadow`", "`/etc` contains only what programs need"},
    {"anywhere", anywhere, "creates files in `/`, `/usr`, `/etc`, `/var`, home folders", "files of the machine are read-only"},
    {"devices", devices, "opens memory, disks, kernel log, loop devices, FUSE, TUN", "a `/dev` of its own ([list](program-view.md))"},
    {"made-devices", made_devices, "creates a device with mknod(2) and opens it", "no CAP_MKNOD; folders that it can write are `nodev`"},
    {"neighbours", neighbours, "opens other services' processes in `/proc`", "a PID namespace and `/proc` of its own, `hidepid=2`"},
    {"signals", signals, "signals other services' processes", "a PID namespace of its own"},
    {"traces", traces, "traces other services' processes", "a PID namespace of its own"},
    {"agent-files", agent_files, "opens the agent's files in `/proc`", "the agent is not dumpable and runs as another user"},
    {"agent-memory", agent_memory, "reads the agent's memory with `process_vm_readv`", "the agent is not dumpable and runs as another user"},
    {"descriptors", descriptors, "looks for open descriptors", "the program gets only 0, 1 and 2"},
    {"remounts", remounts, "remounts `/usr` and `/proc/sys` writable, removes masks", "no CAP_SYS_ADMIN"},
    {"binds", binds, "bind-mounts folders, mounts a tmpfs, mounts a new `/proc`", "no CAP_SYS_ADMIN"},
    {"nested", nested, "does all of this as root of a new user namespace", "the kernel locks mounts that come from outside"},
    {"handle", by_handle, "opens a file of the machine by its handle", "no CAP_DAC_READ_SEARCH"},
    {"kernel-settings", kernel_settings, "writes `core_pattern`, `modprobe`, host name, SysRq, cgroups", "read-only; the service is not root"},
    {"kernel-memory", kernel_memory, "reads `/proc/kcore`, timers, symbols", "they are masked"},
    {"setuid", setuid_program, "executes a set-user-id program of root", "no_new_privs, and every mount is `nosuid`"},
    {"chroot", change_root, "changes its root and walks out of it", "no CAP_SYS_CHROOT"},
    {"other-user", becomes_other, "becomes root or another user", "no CAP_SETUID, CAP_SETGID"},
};

enum { COUNT = sizeof programs / sizeof *programs };

static void attempt(int i) {
  running = programs[i].name;
  programs[i].run();
  printf("%s: contained\n", running);
  fflush(stdout);
  _exit(CONTAINED);
}

int main(int argc, char **argv) {
  if (argc == 2 && !strcmp(argv[1], "--am-i-root")) return geteuid() == 0 ? 7 : 0;
  if (argc == 3 && !strcmp(argv[1], "--handle")) return tell_handle(argv[2]);
  if (argc == 2 && !strcmp(argv[1], "--list")) {
    for (int i = 0; i < COUNT; i++)
      printf("| %s | %s | %s |\n", programs[i].name, programs[i].tries, programs[i].held);
    return 0;
  }
  for (int i = 0; i < COUNT; i++) {
    pid_t child = fork();
    if (child == 0) attempt(i);
    int status;
    waitpid(child, &status, 0);
    if (WIFSIGNALED(status)) printf("%s: untried: signal %d\n", programs[i].name, WTERMSIG(status));
    fflush(stdout);
  }
  printf("all tried\n");
  fflush(stdout);
  if (argc == 2 && !strcmp(argv[1], "wait")) pause();
  return 0;
}
