package dev.testudo.linux.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.testudo.linux.process.Landlock.Confinement;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Each test confines a thread of its own.
@Timeout(200)
class LandlockTest {
  private record Result(Confinement confinement, Exit exit) {}

  /// Returns how a shell script ends that runs confined, while its parent, this process,
  /// is outside.
  private static Result confined(String script) throws Exception {
    var task =
        new FutureTask<>(
            () -> {
              Prctl.gainNoPrivileges();
              var confinement = Landlock.confine();
              var command =
                  new Command(
                      Path.of("/bin/bash"),
                      List.of("bash", "-c", script),
                      Map.of("PATH", "/usr/bin:/bin"),
                      Optional.empty(),
                      Command.Input.EMPTY);
              return new Result(confinement, Child.spawn(command).await());
            });
    Thread.ofPlatform().start(task);
    return task.get();
  }

  @Test
  void nobodyOutsideCanBeSignalled() throws Exception {
    var result = confined("kill -0 $PPID 2>/dev/null && exit 1; kill -0 $$");
    assumeTrue(result.confinement() == Confinement.SIGNALS);
    assertEquals(new Exit.Exited(0), result.exit());
  }

  @Test
  void theMemoryOfNobodyOutsideCanBeOpenedButThatOfItsOwn() throws Exception {
    var result =
        confined(
            "exec 2>/dev/null; (: <>/proc/$PPID/mem) && exit 1;"
                + " sleep 9 & (: <>/proc/$!/mem); ok=$?; kill $!; exit $ok");
    assumeTrue(result.confinement() != Confinement.NONE);
    assertEquals(new Exit.Exited(0), result.exit());
  }

  @Test
  void tcpSocketsNeedSomebodyOutside() throws Exception {
    var result = confined("(: <>/dev/tcp/127.0.0.1/1) 2>&1 | grep -q 'Permission denied'");
    assumeTrue(result.confinement() != Confinement.NONE);
    assertEquals(new Exit.Exited(0), result.exit());
  }
}
