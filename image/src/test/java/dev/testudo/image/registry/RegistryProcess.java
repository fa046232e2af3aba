package dev.testudo.image.registry;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// Debian's `docker-registry` on a free port of this machine.
final class RegistryProcess implements AutoCloseable {
  private final Process process;
  private final int port;

  private RegistryProcess(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /// Starts a registry.
  ///
  /// @param directory where it keeps its files
  /// @param http further lines of the section `http`
  /// @param more further sections
  static RegistryProcess start(Path directory, String http, String more) throws Exception {
    var port = freePort();
    var file = Files.createTempFile(directory, "registry", ".yml");
    Files.writeString(
        file,
        """
        version: 0.1
        log: {level: error, accesslog: {disabled: true}}
        storage: {filesystem: {rootdirectory: "%s"}}
        http:
          addr: 127.0.0.1:%d
          secret: abc
        """
                .formatted(directory.resolve("storage"), port)
            + http.indent(2)
            + more);
    var log = directory.resolve("registry-%d.log".formatted(port)).toFile();
    var process =
        new ProcessBuilder("docker-registry", "serve", file.toString())
            .redirectErrorStream(true)
            .redirectOutput(log)
            .start();
    var registry = new RegistryProcess(process, port);
    registry.awaitListening(log.toPath());
    return registry;
  }

  static RegistryProcess start(Path directory) throws Exception {
    return start(directory, "", "");
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitListening(Path log) throws Exception {
    var until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (System.nanoTime() < until && process.isAlive()) {
      try (var socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
        return;
      } catch (IOException e) {
        Thread.sleep(20);
      }
    }
    close();
    throw new IllegalStateException("docker-registry does not listen: " + Files.readString(log));
  }

  int port() {
    return port;
  }

  /// Returns `127.0.0.1:PORT`.
  String name() {
    return "127.0.0.1:" + port;
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().orTimeout(10, TimeUnit.SECONDS).join();
  }
}
