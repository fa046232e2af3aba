package dev.testudo.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A node mounter in a process of its own.
record RunningMounter(Process process, Path socket, Path log) implements AutoCloseable {
  /// Starts one.
  ///
  /// @param folder where its socket is
  /// @param below where in containers it mounts
  static RunningMounter start(Path folder, String below) throws IOException, InterruptedException {
    var socket = Files.createDirectories(folder).resolve("mounter.sock");
    var log = folder.resolve("mounter.log");
    var words =
        List.of(
            Command.LAUNCHER.toString(),
            "agent",
            "node-mounter",
            "--listen",
            socket.toString(),
            "--below",
            below);
    var process =
        new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    var mounter = new RunningMounter(process, socket, log);
    Patience.until(() -> mounter.said().contains("listening"), mounter::said);
    return mounter;
  }

  String said() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Override
  public void close() throws IOException {
    try {
      Processes.end(process);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
