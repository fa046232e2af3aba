package dev.testudo.linux.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.linux.mount.Mounts;
import dev.testudo.linux.sys.UserIds;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/// A real mount of a file system, which only one thread of the test and the programs that it starts
/// can see. So nothing stays mounted when the test dies.
final class OnFuse {
  static final Duration PATIENCE = Duration.ofSeconds(30);
  static final FuseSettings SETTINGS = FuseSettings.of("fuse-test", 3);

  final Path top;
  final List<Exception> failures = new CopyOnWriteArrayList<>();
  final List<String> malformed = new CopyOnWriteArrayList<>();
  final FuseServer server;

  private OnFuse(Path top, FuseOperations files, FuseSettings settings, int copies)
      throws Exception {
    this.top = top;
    var device = FuseDevice.open();
    FuseMount.mount(device, top, options());
    var devices = new ArrayList<>(List.of(device));
    for (var i = 0; i < copies; i++) {
      devices.add(device.copy(FuseDevice.PATH));
    }
    this.server = FuseServer.start(devices, settings, files, listener());
  }

  interface Body {
    void with(OnFuse mount) throws Exception;
  }

  static FuseMountOptions options() throws Exception {
    return new FuseMountOptions("test", "testudo", UserIds.own(), true, true, SETTINGS.transfer());
  }

  /// Mounts, runs `body` on a thread of its own, and unmounts. The kernel must have written
  /// everything back then, and the server must have ended without a failure.
  static void run(Path folder, FuseOperations files, Body body) throws Exception {
    run(folder, files, SETTINGS, 0, body);
  }

  /// @param copies further devices beside the first
  static void run(Path folder, FuseOperations files, FuseSettings settings, int copies, Body body)
      throws Exception {
    onItsOwnThread(
        () -> {
          Mounts.unshare();
          var top = Files.createDirectories(folder.resolve("mounted"));
          var mount = new OnFuse(top, files, settings, copies);
          try {
            body.with(mount);
            if (mount.server.awaitEnd(Duration.ZERO).isEmpty()) {
              FuseMount.unmount(mount.top);
              var end = mount.server.awaitEnd(PATIENCE).orElseThrow();
              assertEquals(new FuseEnd.Unmounted(), end);
            }
          } catch (Throwable e) {
            mount.failures.forEach(e::addSuppressed);
            mount.abort(e);
            throw e;
          }
          assertEquals(List.of(), mount.malformed);
          return true;
        });
  }

  private void abort(Throwable because) {
    try {
      FuseMount.abort(top);
    } catch (Exception e) {
      because.addSuppressed(e);
    }
  }

  static void onItsOwnThread(Callable<?> work) throws Exception {
    var task = new FutureTask<>(work);
    Thread.ofPlatform().start(task);
    try {
      task.get(120, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (Exception) e.getCause();
    }
  }

  /// Runs a program in the mounted directory and returns what it says. It must end with 0.
  String sh(String script, String... arguments) throws Exception {
    var words = new ArrayList<>(List.of("sh", "-ec", script, "sh"));
    words.addAll(List.of(arguments));
    return said(words, 0);
  }

  /// Runs a Python program in the mounted directory, with `os`, `sys` and `errno`.
  String python(String script) throws Exception {
    return said(List.of("/usr/bin/python3", "-c", "import os, sys, errno\n" + script), 0);
  }

  String said(List<String> words, int exit) throws Exception {
    var output = Files.createTempFile("said", "");
    try {
      var process =
          new ProcessBuilder(words)
              .directory(top.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      var ended = process.waitFor(60, TimeUnit.SECONDS);
      process.destroyForcibly();
      var said = Files.readString(output);
      assertTrue(ended, said);
      assertEquals(exit, process.exitValue(), said);
      return said.strip();
    } finally {
      Files.delete(output);
    }
  }

  private FuseListener listener() {
    return new FuseListener() {
      @Override
      public void failed(FuseOpcode opcode, Exception reason) {
        failures.add(reason);
      }

      @Override
      public void malformed(String what) {
        malformed.add(what);
      }

      @Override
      public void ended(FuseEnd end) {}
    };
  }
}
