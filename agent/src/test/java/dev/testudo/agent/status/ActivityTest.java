package dev.testudo.agent.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.testudo.policy.shield.EffectivePolicy;
import dev.testudo.shield.ShieldEvent;
import dev.testudo.trust.status.ShieldStatusJson;
import dev.testudo.trust.status.StatusDirectory;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class ActivityTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Activity.Subject SUBJECT =
      new Activity.Subject(2, "program", Optional.empty(), START, new EffectivePolicy(List.of()));

  private Instant now = START;
  private final Activity activity = new Activity(() -> now);
  private final List<String> complaints = new ArrayList<>();

  private StatusPublisher publisher(Map<String, String> environment) {
    return new StatusPublisher(environment, activity, complaints::add);
  }

  private static ShieldEvent.Refused refused(String target) {
    return new ShieldEvent.Refused("connect", target, "", "no rule");
  }

  @Test
  void theSameRefusalIsToldAgainAtItsTenthAndHundredthTime() {
    var told = new ArrayList<Long>();
    for (var i = 0; i < 250; i++) {
      activity.noteRefusal(refused("unix:/var/run/nscd/socket")).ifPresent(told::add);
    }
    assertEquals(List.of(1L, 10L, 100L), told);
    var status = activity.status(SUBJECT, List.of());
    assertEquals(250, status.refusals().total());
    assertEquals(250, status.refusals().last().getFirst().count());
    assertEquals("no rule", Activity.reason(refused("x"), 1));
    assertEquals("no rule (10 times so far)", Activity.reason(refused("x"), 10));
  }

  @Test
  void aFloodOfDifferentRefusalsIsCutShortAndForgottenInTheEnd() {
    var told = 0;
    for (var i = 0; i < 5000; i++) {
      told += activity.noteRefusal(refused("10.0.0.1:" + i)).isPresent() ? 1 : 0;
    }
    assertEquals(50, told);
    now = now.plusSeconds(1);
    for (var i = 0; i < 5000; i++) {
      told += activity.noteRefusal(refused("10.0.0.2:" + i)).isPresent() ? 1 : 0;
    }
    assertEquals(60, told);
    var status = activity.status(SUBJECT, List.of());
    assertEquals(10_000, status.refusals().total());
    assertEquals(256, status.refusals().last().size());
    assertEquals("10.0.0.2:4999", status.refusals().last().getLast().target());
  }

  @Test
  void whoeverMayEnterTheDirectoryReadsTheStatus(@TempDir Path runtime) throws IOException {
    var environment = Map.of("XDG_RUNTIME_DIR", runtime.toString());
    activity.noteRefusal(refused("10.0.0.1:80"));
    var directory = StatusDirectory.open(environment);
    try (var _ = publisher(environment).publish(SUBJECT, List::of)) {
      var sockets = StatusDirectory.sockets(directory);
      assertEquals(1, sockets.size());
      assertEquals("rwx------", permissions(directory));
      assertEquals("rw-------", permissions(sockets.getFirst()));
      try (var reader = SocketChannel.open(StandardProtocolFamily.UNIX)) {
        reader.connect(UnixDomainSocketAddress.of(sockets.getFirst()));
        var status = ShieldStatusJson.read(Channels.newInputStream(reader).readAllBytes());
        assertEquals(activity.status(SUBJECT, List.of()), status);
      }
    }
    assertEquals(List.of(), StatusDirectory.sockets(directory));
  }

  @Test
  void aDirectoryThatOthersMayEnterIsNotUsed(@TempDir Path runtime) throws IOException {
    var shields = Files.createDirectories(runtime.resolve("testudo/shields"));
    Files.setPosixFilePermissions(
        runtime.resolve("testudo"), PosixFilePermissions.fromString("rwxr-xr-x"));
    var environment = Map.of("XDG_RUNTIME_DIR", runtime.toString());
    try (var _ = publisher(environment).publish(SUBJECT, List::of)) {
      assertEquals(1, complaints.size());
    }
    assertEquals(
        "`testudo shield top` will not see this one", complaints.getFirst().split(": ", 2)[0]);
    try (var files = Files.list(shields)) {
      assertFalse(files.findAny().isPresent());
    }
    // Nothing but the mode was wrong.
    Files.setPosixFilePermissions(
        runtime.resolve("testudo"), PosixFilePermissions.fromString("rwx------"));
    Files.setPosixFilePermissions(shields, PosixFilePermissions.fromString("rwx------"));
    try (var _ = publisher(environment).publish(SUBJECT, List::of)) {
      assertEquals(1, complaints.size(), complaints::toString);
      assertEquals(1, StatusDirectory.sockets(shields).size());
    }
  }

  private static String permissions(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
