package dev.testudo.volume.fuse;

import dev.testudo.linux.mount.Mounts;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// A thread with a mount namespace of its own. What it mounts is gone when this process ends.
final class Namespace implements AutoCloseable {
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());

  Namespace() throws Exception {
    call(
        () -> {
          Mounts.unshare();
          return true;
        });
  }

  <T> T call(Callable<T> work) throws Exception {
    try {
      return thread.submit(work).get(300, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    }
  }

  @Override
  public void close() {
    thread.shutdown();
  }
}
