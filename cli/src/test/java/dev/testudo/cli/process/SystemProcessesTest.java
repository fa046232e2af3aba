package dev.testudo.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class SystemProcessesTest {
  /// A stand-in for an agent: it has a child, waits for the end of its input, and cleans up.
  private static final String AGENT =
      "sleep 1000 & child=$!; echo $child; cat; kill $child; exit 7";

  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final java.util.List<ChildProcess> started = new java.util.ArrayList<>();
  @TempDir Path directory;

  private final SystemProcesses processes = new SystemProcesses();

  private ChildProcess shell(String script) throws IOException {
    var spec =
        new ChildSpec(List.of("/bin/sh", "-c", script), Map.of("PATH", "/usr/bin:/bin"), directory);
    var child =
        processes.start(
            spec,
            new ChildOutput() {
              @Override
              public void out(String line) {
                lines.add("out " + line);
              }

              @Override
              public void err(String line) {
                lines.add("err " + line);
              }
            });
    started.add(child);
    return child;
  }

  @AfterEach
  void leaveNothingBehind() {
    started.forEach(ChildProcess::kill);
  }

  private String nextLine() throws InterruptedException {
    return String.valueOf(lines.poll(60, TimeUnit.SECONDS));
  }

  private ProcessHandle announcedProcess() throws InterruptedException {
    return ProcessHandle.of(Long.parseLong(nextLine().substring(4))).orElseThrow();
  }

  private static void assertGone(ProcessHandle process) throws Exception {
    process.onExit().get(60, TimeUnit.SECONDS);
    assertFalse(process.isAlive());
  }

  @Test
  void outputArrivesByLineAndTheExitCodeAfterIt() throws Exception {
    var child = shell("echo one; echo two >&2; printf three; exit 5");
    assertEquals(5, child.ended().get(60, TimeUnit.SECONDS));
    assertEquals(List.of("err two", "out one", "out three"), lines.stream().sorted().toList());
  }

  @Test
  void onlyTheGivenEnvironmentIsSeen() throws Exception {
    shell("env | grep -v -e ^PWD= -e ^_= -e ^SHLVL= -e ^OLDPWD=");
    assertEquals("out PATH=/usr/bin:/bin", nextLine());
  }

  @Test
  void closingItsInputLetsItEndByItselfAndTakeItsChildrenAlong() throws Exception {
    var child = shell(AGENT);
    var grandchild = announcedProcess();
    assertTrue(child.stop(Duration.ofMinutes(1)));
    assertEquals(7, child.ended().get());
    assertGone(grandchild);
  }

  @Test
  void whoDoesNotEndInTimeIsKilledWithEverythingBelow() throws Exception {
    var child = shell("trap '' TERM; sleep 1000 & echo $!; cat; while :; do sleep 1000; done");
    var grandchild = announcedProcess();
    assertFalse(child.stop(Duration.ofMillis(200)));
    assertGone(grandchild);
    assertEquals(137, child.ended().get(60, TimeUnit.SECONDS));
  }

  @Test
  void allEndAtOnceWithEverythingBelowAndNothingMoreStarts() throws Exception {
    var deaf = "trap '' TERM; sleep 1000 & echo $!; while :; do sleep 1000; done";
    var one = shell(deaf);
    var belowOne = announcedProcess();
    var other = shell(deaf);
    var belowOther = announcedProcess();
    processes.endAll();
    assertEquals(137, one.ended().get(60, TimeUnit.SECONDS));
    assertEquals(137, other.ended().get(60, TimeUnit.SECONDS));
    assertGone(belowOne);
    assertGone(belowOther);
    assertThrows(IOException.class, () -> shell("echo started"));
    assertEquals("null", String.valueOf(lines.poll()));
  }

  @Test
  void aGrandchildHoldingThePipeDoesNotHideTheEnd() throws Exception {
    var child = shell("sleep 1000 & echo $!; exit 3");
    var grandchild = announcedProcess();
    assertEquals(3, child.ended().get(60, TimeUnit.SECONDS));
    grandchild.destroyForcibly();
  }

  @Test
  void aMissingProgramIsAnError() {
    var spec = new ChildSpec(List.of("/nonexistent/program"), Map.of(), directory);
    assertThrows(
        IOException.class,
        () ->
            new SystemProcesses()
                .start(
                    spec,
                    new ChildOutput() {
                      @Override
                      public void out(String line) {}

                      @Override
                      public void err(String line) {}
                    }));
  }

  @Test
  void valuesOfTheEnvironmentAreNeverPrinted() {
    var spec =
        new ChildSpec(List.of("agent"), Map.of("SCONE_SERVICE_ACCESS_TOKEN", "s3cret"), directory);
    assertFalse(spec.toString().contains("s3cret"));
  }
}
