package dev.testudo.agent.view;

import dev.testudo.linux.mount.Mounts;
import dev.testudo.linux.sys.Fd;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// The mount namespace of a program. The thread that starts the program has it; other threads of
/// the agent stay outside, and act in it only through [#within].
public final class MountNamespace {
  private final Fd namespace;

  private MountNamespace(Fd namespace) {
    this.namespace = namespace;
  }

  /// Acts in a mount namespace.
  @FunctionalInterface
  public interface Task {
    /// Does it on the calling thread.
    void run() throws IOException, InterruptedException;
  }

  /// Returns the mount namespace of the calling thread.
  public static MountNamespace ofThread() throws IOException {
    return new MountNamespace(Mounts.namespace());
  }

  /// Makes the calling thread a member. It cannot return to its present namespace.
  void enter() throws IOException {
    Mounts.enter(namespace);
  }

  /// Runs `task` in the namespace, on a new thread.
  public void within(Task task) throws IOException, InterruptedException {
    onNewThread(
        () -> {
          enter();
          task.run();
        });
  }

  /// Runs `task` on a new thread, which may change its mount namespace.
  public static void onNewThread(Task task) throws IOException, InterruptedException {
    var future =
        new FutureTask<Void>(
            () -> {
              task.run();
              return null;
            });
    Thread.ofPlatform().daemon().name("mounts").start(future);
    try {
      future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}
