package dev.testudo.agent.attest.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.linux.fuse.FuseDevice;
import dev.testudo.linux.fuse.FuseEnd;
import dev.testudo.linux.fuse.FuseListener;
import dev.testudo.linux.fuse.FuseMount;
import dev.testudo.linux.fuse.FuseMountOptions;
import dev.testudo.linux.fuse.FuseOpcode;
import dev.testudo.linux.fuse.FuseServer;
import dev.testudo.linux.fuse.FuseSettings;
import dev.testudo.linux.mount.Mounts;
import dev.testudo.linux.sys.UserIds;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/// A [FakeTsm] in a real mount, which only one thread of the test sees.
public final class OnTsm {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private OnTsm() {}

  public interface Body {
    /// Runs the test.
    ///
    /// @param reports where it is mounted
    void with(Path reports) throws Exception;
  }

  /// Mounts, runs `body` on a thread of its own, and unmounts.
  static void run(Path folder, FakeTsm tsm, Body body) throws Exception {
    run(() -> Files.createDirectories(folder.resolve("report")), tsm, body);
  }

  /// As [#run], where the kernel has it. Processes that `body` starts see it there.
  public static void atItsPlace(FakeTsm tsm, Body body) throws Exception {
    run(
        () -> {
          Mounts.tmpfs(Path.of("/sys/kernel"), 1 << 20, 100);
          return Files.createDirectories(Path.of("/sys/kernel/config/tsm/report"));
        },
        tsm,
        body);
  }

  private static void run(Callable<Path> place, FakeTsm tsm, Body body) throws Exception {
    onItsOwnThread(
        () -> {
          Mounts.unshare();
          var reports = place.call();
          var settings = FuseSettings.of("tsm", 1).withTransfer(1 << 16);
          var device = FuseDevice.open();
          FuseMount.mount(device, reports, options(settings));
          var failures = new CopyOnWriteArrayList<Exception>();
          var server = FuseServer.start(List.of(device), settings, tsm, listener(failures));
          try {
            body.with(reports);
            FuseMount.unmount(reports);
          } catch (Throwable e) {
            failures.forEach(e::addSuppressed);
            FuseMount.abort(reports);
            throw e;
          }
          assertEquals(new FuseEnd.Unmounted(), server.awaitEnd(PATIENCE).orElseThrow());
          assertEquals(List.of(), failures);
          return true;
        });
  }

  private static FuseMountOptions options(FuseSettings settings) throws Exception {
    return new FuseMountOptions("tsm", "tsm", UserIds.own(), true, true, settings.transfer());
  }

  private static FuseListener listener(List<Exception> failures) {
    return new FuseListener() {
      @Override
      public void failed(FuseOpcode opcode, Exception reason) {
        failures.add(reason);
      }

      @Override
      public void malformed(String what) {
        failures.add(new IllegalStateException(what));
      }

      @Override
      public void ended(FuseEnd end) {}
    };
  }

  private static void onItsOwnThread(Callable<?> work) throws Exception {
    var task = new FutureTask<>(work);
    Thread.ofPlatform().start(task);
    try {
      task.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (Exception) e.getCause();
    }
  }
}
