package dev.testudo.trust.generator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// A TPM in software: `swtpm`, which behaves as the TPM of a machine does. `tpm2-tools` talk to it.
public final class TpmProcess implements AutoCloseable {
  private static final int SECONDS = 30;

  private final Path socket;
  private final Process process;

  private TpmProcess(Path socket, Process process) {
    this.socket = socket;
    this.process = process;
  }

  /// Starts a TPM that has never been used.
  public static TpmProcess start(Path directory) throws Exception {
    var state = Files.createDirectories(directory.resolve("tpm"));
    var socket = directory.resolve("tpm.socket");
    var process =
        new ProcessBuilder(
                "swtpm",
                "socket",
                "--tpm2",
                "--tpmstate",
                "dir=" + state,
                "--server",
                "type=unixio,path=" + socket,
                "--flags",
                "not-need-init,startup-clear")
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("tpm.log").toFile())
            .start();
    var until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!Files.exists(socket)) {
      if (System.nanoTime() > until || !process.isAlive()) {
        process.destroyForcibly();
        throw new IOException(Files.readString(directory.resolve("tpm.log")));
      }
      Thread.sleep(10);
    }
    return new TpmProcess(socket, process);
  }

  /// Returns the socket on which it serves one connection at a time.
  public Path socket() {
    return socket;
  }

  /// Runs one of `tpm2-tools`. It must end with 0.
  public void run(Path directory, String... words) throws Exception {
    var output = Files.createTempFile(directory, "said", "");
    var builder =
        new ProcessBuilder(words)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("TPM2TOOLS_TCTI", "cmd:socat - UNIX-CONNECT:" + socket);
    var tool = builder.start();
    var ended = tool.waitFor(SECONDS, TimeUnit.SECONDS);
    tool.destroyForcibly();
    if (!ended || tool.exitValue() != 0) {
      throw new IOException(String.join(" ", words) + ": " + Files.readString(output));
    }
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().orTimeout(SECONDS, TimeUnit.SECONDS).join();
  }
}
