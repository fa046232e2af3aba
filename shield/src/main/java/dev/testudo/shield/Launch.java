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

/// Starts a program from a thread that is created for this alone.
///
/// A seccomp filter cannot be removed, and every thread or process that a filtered thread starts
/// inherits it. So a fresh thread installs the filter, starts the program, and ends. The caller's
/// thread starts everything that serves the program.
final class Launch {
  /// Capabilities with which a root user under the filter could reach this process, or the kernel
  /// past the filter: `CAP_DAC_READ_SEARCH`, `NET_ADMIN`, `SYS_MODULE`, `SYS_RAWIO`, `SYS_PTRACE`,
  /// `SYS_ADMIN`, `SYS_BOOT`, `SYS_TIME` (certificates are checked against the clock),
  /// `MAC_OVERRIDE`, `MAC_ADMIN`, `PERFMON`, `BPF`, `CHECKPOINT_RESTORE`.
  private static final Set<Integer> REACHING_OUT =
      Set.of(2, 12, 16, 17, 19, 21, 22, 25, 32, 33, 38, 39, 40);

  private static final Set<Integer> HARMLESS =
      IntStream.range(0, 64)
          .boxed()
          .filter(capability -> !REACHING_OUT.contains(capability))
          .collect(Collectors.toUnmodifiableSet());

  private static final String UNGUARDED =
      "the program would run as root and could bypass the network shield through the kernel,"
          + " because /proc/sys or /sys is writable and cannot be made read-only for it:"
          + " start the shield with CAP_SYS_ADMIN, make both read-only, or run the program as"
          + " another user";

  /// Serves the notifications of a seccomp listener.
  @FunctionalInterface
  interface Serving {
    /// Starts to serve, and returns.
    ///
    /// @param root the program's root directory; the caller keeps and closes it
    void begin(Fd listener, Fd root) throws IOException;
  }

  /// What the launching thread hands to the caller's: the listener of the filter, and the root
  /// directory in that thread's mount namespace.
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

  /// The program inherits the descriptor limit that this process was started with. Afterwards the
  /// shield raises its own.
  private static Child started(Future<Child> spawned) throws IOException {
    var child = await(spawned);
    Fd.raiseLimit();
    return child;
  }

  static Child shielded(
      ThreadPreparation prepare, FilterProgram filter, Serving serving, Command program)
      throws IOException {
    // Before any code of the program runs, because it must not read keys through /proc.
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
      // No effect once the listener is served. Otherwise it keeps the program from starting.
      served.cancel(false);
    }
    return started(child);
  }

  /// Runs on the fresh thread.
  private static void install(
      ThreadPreparation prepare, FilterProgram filter, CompletableFuture<Cage> caged)
      throws IOException {
    try {
      prepare.prepare();
      guardKernel();
      Prctl.gainNoPrivileges();
      Capabilities.limitForPrograms(HARMLESS);
      // A second barrier where the kernel has Landlock. It covers what the filter cannot tell from
      // a call's arguments: signals to and access to outside processes (this one included), and TCP
      // connections and listeners that the supervisor did not make.
      Landlock.confine();
      var root = Files.open("/", Files.O_PATH);
      caged.complete(new Cage(Seccomp.install(filter), root));
    } catch (Throwable e) { // also an error, or the caller would wait forever
      caged.completeExceptionally(e);
      throw e;
    }
  }

  /// Protects the settings in /proc/sys and /sys. Root needs no capability to write a path there
  /// that makes the kernel run a program outside the filter.
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
      if (e.getCause() instanceof Error bug) {
        throw bug;
      }
      throw e.getCause() instanceof IOException failure
          ? failure
          : new IOException("the program cannot be started", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while starting the program", e);
    }
  }
}
