package dev.testudo.image.build.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A process that waits until this one closes the sandbox or ends in whatever way, also killed. It
/// then ends what still runs in the sandbox, and removes all files. Files of other users than the
/// caller can be removed only from within the sandbox.
final class Cleaner {
  private static final long SECONDS = 600;

  /// How long a thread waits that was told to stop.
  private static final long STOP_SECONDS = 8;

  /// `$1` is the directory of the sandbox, `$2` the bundle whose container removes the files, the
  /// others are the call of the runtime. A container may be starting at this moment, so it looks
  /// more than once. Ctrl-C reaches the whole process group and must not end it.
  private static final String SCRIPT =
      """
      trap '' INT TERM HUP QUIT
      directory=$1 bundle=$2
      shift 2
      cat >/dev/null
      end() {
        for one in "$directory"/state/*/; do
          [ -d "$one" ] && "$@" delete --force "$(basename "$one")"
        done
      }
      for again in 1 2 3; do
        end "$@"
        [ "$again" = 1 ] && "$@" run --bundle "$bundle" "$(basename "$directory")-clean"
        rm -rf -- "$directory"
        [ -e "$directory" ] || exit 0
        sleep 0.2
      done
      exit 1
      """;

  private final Process process;

  private Cleaner(Process process) {
    this.process = process;
  }

  /// Starts the process.
  ///
  /// @param bundle a bundle whose container removes the files of the image
  static Cleaner start(Path directory, Path bundle, ContainerRuntime runtime) throws IOException {
    var command = new ArrayList<>(List.of("/bin/sh", "-c", SCRIPT, "testudo-build-cleaner"));
    command.addAll(List.of(directory.toString(), bundle.toString()));
    command.addAll(runtime.call(directory.resolve("state")));
    var builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    builder.directory(Path.of("/").toFile());
    builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    return new Cleaner(builder.start());
  }

  /// Ends it without cleaning.
  void forget() throws IOException {
    process.destroyForcibly();
    process.getOutputStream().close();
  }

  /// Lets it clean, and waits for it: ten minutes, or a few seconds if this thread is interrupted.
  /// It goes on cleaning after that.
  ///
  /// @return whether everything is removed
  boolean clean() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      return false;
    }
    var interrupted = Thread.interrupted();
    try {
      return isClean(interrupted ? STOP_SECONDS : SECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
      return isCleanSoon();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private boolean isClean(long seconds) throws InterruptedException {
    return process.waitFor(seconds, TimeUnit.SECONDS) && process.exitValue() == 0;
  }

  private boolean isCleanSoon() {
    try {
      return isClean(STOP_SECONDS);
    } catch (InterruptedException e) {
      return false;
    }
  }
}
