package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Older copies of a volume, agents and CAS that were stopped, and two agents with one volume.
/// Everything is a process of its own. Needs root.
@Timeout(900)
class FreshVolumesIT {
  private static final Duration LEASE = Duration.ofSeconds(5);
  private static final int REFUSED = 4;
  private static final int SECONDS_OF_BOUNDED = 2;

  @TempDir private Path folder;
  private Path control;

  @BeforeEach
  void makeControl() throws IOException {
    control = Files.createDirectory(folder.resolve("control"));
    Files.setAttribute(control, "unix:mode", 0755);
  }

  /// A CAS that knows a service `notes`, which writes a number when it may.
  private VolumeWorkshop workshop(String terms) throws IOException {
    var workshop = VolumeWorkshop.in(folder.resolve("work"), LEASE, control);
    workshop.services(terms, Map.of("notes", "/app/step.py, " + control));
    return workshop;
  }

  private RunningAgent start(VolumeWorkshop workshop, long has)
      throws IOException, InterruptedException {
    var agent = workshop.start("notes");
    assertEquals("has " + has, agent.awaitLine(line -> line.startsWith("has ")));
    return agent;
  }

  private void permit(long number) throws IOException {
    Files.createFile(control.resolve(Long.toString(number)));
  }

  private void step(RunningAgent agent, long number) throws IOException, InterruptedException {
    permit(number);
    agent.awaitLine(line -> line.equals(Long.toString(number)));
  }

  @Test
  void aCopyIsRefusedAfterOneFurtherWriteAndARestartOfCas() throws Exception {
    refusesCopy(true);
  }

  @Test
  @Tag("nightly")
  void aCopyIsRefusedAfterOneFurtherWrite() throws Exception {
    refusesCopy(false);
  }

  private void refusesCopy(boolean isCasRestarted) throws Exception {
    try (var workshop = workshop("")) {
      var agent = start(workshop, 0);
      step(agent, 1);
      agent.signal("STOP");
      var copy = Directories.copy(workshop.stored("notes"), folder.resolve("copy"));
      agent.signal("CONT");
      step(agent, 2);
      if (isCasRestarted) {
        workshop.killCas();
        workshop.restartCas();
      }
      agent.kill();
      replace(workshop.stored("notes"), copy);
      var refused = workshop.start("notes");
      assertEquals(REFUSED, refused.awaitEnd(), refused::output);
      assertTrue(
          refused.lines().stream()
              .anyMatch(line -> line.contains("the volume is older than the state of tag")),
          refused::output);
      assertTrue(refused.lines().stream().noneMatch(line -> line.startsWith("has ")));
    }
  }

  /// One crash has two futures. Only that one is accepted that CAS has seen.
  @Test
  @Tag("nightly")
  void theOtherForkOfACrashIsRefused() throws Exception {
    try (var workshop = workshop("")) {
      var agent = start(workshop, 0);
      step(agent, 1);
      agent.kill();
      workshop.killCas();
      Directories.copy(folder.resolve("work"), folder.resolve("other"));
      workshop.restartCas();
      step(start(workshop, 1), 2);
    }
    Files.delete(control.resolve("2"));
    try (var other = VolumeWorkshop.again(folder.resolve("other"), LEASE)) {
      var agent = start(other, 1);
      for (var number = 2; number < 6; number++) {
        step(agent, number);
      }
    }
    try (var workshop = VolumeWorkshop.again(folder.resolve("work"), LEASE)) {
      replace(workshop.stored("notes"), folder.resolve("other/volumes/app/notes"));
      var refused = workshop.start("notes");
      assertEquals(REFUSED, refused.awaitEnd(), refused::output);
      assertTrue(
          refused.lines().stream().anyMatch(line -> line.contains("another history")),
          refused::output);
    }
  }

  private static void replace(Path directory, Path by) throws IOException {
    Directories.delete(directory);
    Directories.copy(by, directory);
  }

  @Test
  void strictFsyncDoesNotReturnBeforeCasHasTheTag() throws Exception {
    try (var workshop = workshop("")) {
      var agent = start(workshop, 0);
      step(agent, 1);
      Processes.signal(workshop.cas().handle(), "STOP");
      var before = Directories.hashes(workshop.stored("notes"));
      permit(2);
      Patience.until(
          () -> !before.equals(Directories.hashes(workshop.stored("notes"))), agent::output);
      Thread.sleep(1000); // the commit is on the disk
      assertEquals(1, agent.lastNumber().orElseThrow(), agent::output);
      Processes.signal(workshop.cas().handle(), "CONT");
      agent.awaitLine(line -> line.equals("2"));
    }
  }

  @Test
  @Tag("nightly")
  void aBoundedVolumeStallsAtTheEndOfItsWindow() throws Exception {
    try (var workshop = workshop("tag_sync: {bounded: %d}".formatted(SECONDS_OF_BOUNDED))) {
      var agent = start(workshop, 0);
      permit(1);
      Files.createFile(control.resolve("all"));
      agent.awaitLine(line -> line.equals("1"));
      Processes.signal(workshop.cas().handle(), "STOP");
      long end = System.nanoTime() + Duration.ofSeconds(SECONDS_OF_BOUNDED).toNanos();
      long stopped = agent.lastNumber().orElseThrow();
      Thread.sleep(Duration.ofSeconds(SECONDS_OF_BOUNDED + 1));
      var said = agent.lines();
      assertTrue(agent.lastNumber().orElseThrow() > stopped, "it goes on within the window");
      for (var line : said) {
        if (line.startsWith("began ")) {
          // Both are CLOCK_MONOTONIC.
          long late = Long.parseLong(line.substring("began ".length())) - end;
          assertTrue(late <= 0, () -> "began %d ns after the window".formatted(late));
        }
      }
      Processes.signal(workshop.cas().handle(), "CONT");
      long last = agent.lastNumber().orElseThrow();
      Patience.until(() -> agent.lastNumber().orElseThrow() > last, agent::output);
    }
  }

  @Test
  void anAgentThatWasStoppedBeyondItsLeaseHarmsNobody() throws Exception {
    try (var workshop = workshop("")) {
      var zombie = start(workshop, 0);
      step(zombie, 1);
      zombie.signal("STOP");
      var successor = start(workshop, 1);
      step(successor, 2);
      zombie.signal("CONT");
      zombie.awaitLine(line -> line.equals("failed with EIO"));
      zombie.awaitLine(
          line -> line.contains("the lease is lost, so every change fails with EIO from now on"));
      step(successor, 3);
      assertEquals(1, zombie.lastNumber().orElseThrow(), zombie::output);
      assertFalse(successor.output().contains("failed"), successor::output);
      zombie.kill();
      successor.kill();
      step(start(workshop, 3), 4);
    }
  }

  @Test
  void aVolumeHasOneMountAtATime() throws Exception {
    try (var workshop = workshop("takeover: refuse")) {
      var agent = start(workshop, 0);
      var second = workshop.start("notes");
      assertEquals(REFUSED, second.awaitEnd(), second::output);
      assertTrue(second.output().contains("is in use by service `app/notes`"), second::output);
      var key = Files.writeString(folder.resolve("key"), "07".repeat(32) + "\n");
      Files.setAttribute(key, "unix:mode", 0600);
      var mounted =
          Command.testudo(
              "volume",
              "mount",
              "--key-file",
              key.toString(),
              workshop.stored("notes").toString(),
              Files.createDirectory(folder.resolve("mnt")).toString());
      assertNotEquals(0, mounted.exit());
      assertTrue(mounted.err().contains("is in use by another process"), mounted::all);
      step(agent, 1);
    }
  }
}
