package dev.testudo.shield;

import dev.testudo.linux.mount.KernelFiles;
import dev.testudo.linux.process.Capabilities;
import dev.testudo.linux.process.Child;
import dev.testudo.linux.process.Command;
import dev.testudo.linux.process.Landlock;
import dev.testudo.linux.process.Prctl;
import dev.testudo.linux.seccomp.FilterProgram;
import dev.testudo.linux.seccomp.Seccomp;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Files;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Starts a program from a thread made for nothing else. A filter cannot be taken off again, and
/// every thread or process a caged thread starts is caged too; so that thread installs the filter,
/// starts the program, and ends. Everything that serves the program is started by the caller's
/// thread.
final class Launch {
  /// Capabilities with which root in the cage could reach this process or the kernel past the
  /// filter: `CAP_DAC_READ_SEARCH`, `NET_ADMIN`, `SYS_MODULE`, `SYS_RAWIO`, `SYS_PTRACE`,
  /// `SYS_ADMIN`, `SYS_BOOT`, `SYS_TIME` (certificates are judged by the clock), `MAC_OVERRIDE`,
  /// `MAC_ADMIN`, `PERFMON`, `BPF`, `CHECKPOINT_RESTORE`.
  private static final Set<Integer> REACHING_OUT =
      Set.of(2, 12, 16, 17, 19, 21, 22, 25, 32, 33, 38, 39, 40);

  private static final Set<Integer> HARMLESS =
      IntStream.range(0, 64)
          .boxed()
          .filter(capability -> !REACHING_OUT.contains(capability))
          .collect(Collectors.toUnmodifiableSet());

  private static final String UNGUARDED =
      "the program would be root and could make the kernel reach around the network shield, because"
          + " /proc/sys or /sys is writable and cannot be made read-only for it: give us"
          + " CAP_SYS_ADMIN, make them read-only, or run it as another user";

  /// Takes the listener and begins to serve it.
  @FunctionalInterface
  interface Serving {
    /// Begins to serve.
    ///
    /// @param root the program's root directory, which stays the caller's
    void begin(Fd listener, Fd root) throws IOException;
  }

  /// What a thread in the cage hands out: the filter's listener, and the root directory as it is
  /// there.
  private record Cage(Fd listener, Fd root) {}

  private Launch() {}

  static Child unshielded(ThreadPreparation prepare, Command program) throws IOException {
    return started(
        onFreshThread(
            () -> {
              prepare.prepare();
              return Child.spawn(program);
            }));
  }

  /// The program has the limit of descriptors that we were started with; from now on we need more.
  private static Child started(Future<Child> spawned) throws IOException {
    var child = await(spawned);
    Fd.raiseLimit();
    return child;
  }

  static Child shielded(
      ThreadPreparation prepare, FilterProgram filter, Serving serving, Command program)
      throws IOException {
    // Before anything of the program runs: it must not read our keys through /proc.
    Prctl.denyInspection();
    var caged = new CompletableFuture<Cage>();
    var served = new CompletableFuture<Boolean>();
    var child =
        onFreshThread(
            () -> {
              install(prepare, filter, caged);
              served.get();
              return Child.spawn(program);
            });
    try {
      var cage = await(caged);
      try (var root = cage.root()) {
        serving.begin(cage.listener(), root);
      }
      served.complete(true);
    } finally {
      // Does nothing when it is served; else the program is not started.
      served.cancel(false);
    }
    return started(child);
  }

  /// On the fresh thread.
  private static void install(
      ThreadPreparation prepare, FilterProgram filter, CompletableFuture<Cage> caged)
      throws IOException {
    try {
      prepare.prepare();
      guardKernel();
      Capabilities.limitForPrograms(HARMLESS);
      // A second fence, where the kernel has it: against reaching or signalling processes outside
      // (us among them), which no filter can tell from its arguments, and against every way to
      // connect or bind TCP that is not us.
      Prctl.gainNoPrivileges();
      Landlock.confine();
      var root = Files.open("/", Files.O_PATH);
      caged.complete(new Cage(Seccomp.install(filter), root));
    } catch (IOException | RuntimeException e) {
      caged.completeExceptionally(e);
      throw e;
    }
  }

  /// Root needs no capability to have the kernel run a program of its choice outside the cage.
  private static void guardKernel() throws IOException {
    if (!KernelFiles.areWritable()) {
      return;
    }
    try {
      KernelFiles.makeReadOnly();
    } catch (IOException e) {
      throw new IOException(UNGUARDED + " (" + e.getMessage() + ")", e);
    }
    if (KernelFiles.areWritable()) {
      throw new IOException(UNGUARDED);
    }
  }

  private static <T> Future<T> onFreshThread(Callable<T> work) {
    var task = new FutureTask<>(work);
    Thread.ofPlatform().name("shield-launch").daemon().start(task);
    return task;
  }

  private static <T> T await(Future<T> future) throws IOException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException failure
          ? failure
          : new IOException("the program cannot be started", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while starting the program", e);
    }
  }
}
