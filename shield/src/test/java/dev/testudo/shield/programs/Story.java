package dev.testudo.shield.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.shield.Eventually;
import dev.testudo.shield.Ports;
import dev.testudo.shield.RealShield;
import dev.testudo.shield.ShieldEvent;
import dev.testudo.shield.tls.TestAuthority;
import dev.testudo.trust.pki.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Programs that talk to each other, each under a shield of its own, all with the same treatment.
///
/// ```java
/// try (var story = new Story(treatment)) {
///   int port = story.port();
///   story.program().serving(port).starts("redis-server", "--port", port).listensAt(port);
///   story.program().reaching(port).runs("redis-benchmark", "-p", port);
///   story.carried(1_000_000);
/// }
/// ```
final class Story implements AutoCloseable {
  private static final TestAuthority AUTHORITY = new TestAuthority("authority of the story");
  private static final Identity IDENTITY = AUTHORITY.issue("story");

  /// Enough for the slowest program on a busy machine.
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final Treatment treatment;
  private final Path folder;
  private final Set<String> triedInVain = new HashSet<>(Set.of("unix:/var/run/nscd/socket"));
  private final Set<Integer> ports = new HashSet<>();
  private final List<Actor> actors = new ArrayList<>();
  private Duration patience = PATIENCE;

  Story(Treatment treatment) throws IOException {
    this.treatment = treatment;
    // Accessible to any user, and short, because a Unix socket's path has at most 107 bytes.
    this.folder = open(Files.createTempDirectory("story"));
  }

  static Path open(Path path) throws IOException {
    return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
  }

  static Path executable(Path path) throws IOException {
    return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /// Gives its programs more time to end than most need.
  Story patient(Duration limit) {
    patience = limit;
    return this;
  }

  Duration patience() {
    return patience;
  }

  Treatment treatment() {
    return treatment;
  }

  Path folder() {
    return folder;
  }

  /// Returns a port that no other program of the story has.
  int port() {
    int port = Ports.unused();
    return ports.add(port) ? port : port();
  }

  /// Returns `count` consecutive ports that no other program of the story has.
  List<Integer> ports(int count) {
    int first = port();
    var more = IntStream.range(first + 1, first + count).boxed().toList();
    if (!more.stream().allMatch(Ports::isUnused)) {
      return ports(count);
    }
    ports.addAll(more);
    return IntStream.range(first, first + count).boxed().toList();
  }

  /// Returns a program of the story that is not started yet.
  Actor program() {
    var actor = new Actor(this);
    actors.add(actor);
    return actor;
  }

  static TestAuthority authority() {
    return AUTHORITY;
  }

  /// Returns the certificate and key of all programs. The only name in it is `story`.
  static String identity() {
    return TestAuthority.pem(IDENTITY);
  }

  static String trust() {
    return AUTHORITY.pem();
  }

  /// Returns all events of the story's shields so far.
  Stream<ShieldEvent> events() {
    return actors.stream().flatMap(Actor::events);
  }

  /// Returns all refusals, except of targets that programs try and do without. For every program
  /// that uses the C library's lookups, the name service cache is one.
  List<ShieldEvent> refusals() {
    return events()
        .filter(
            event ->
                event instanceof ShieldEvent.Refused refused
                    && !triedInVain.contains(refused.target()))
        .toList();
  }

  /// Declares that the programs try to reach `targets`, as named in events, and do without.
  Story doingWithout(String... targets) {
    triedInVain.addAll(List.of(targets));
    return this;
  }

  /// Returns the shields' events about failures: refusals, and connections that did not
  /// end cleanly.
  List<ShieldEvent> troubles() {
    return events().filter(Story::isTrouble).toList();
  }

  private static boolean isTrouble(ShieldEvent event) {
    return switch (event) {
      case ShieldEvent.Refused _, ShieldEvent.Shortage _ -> true;
      case ShieldEvent.Closed ended -> !RealShield.ENDED_WELL.contains(ended.reason());
      case ShieldEvent.Listening _, ShieldEvent.Opened _, ShieldEvent.Passed _ -> false;
    };
  }

  private long count(Class<? extends ShieldEvent> kind) {
    return events().filter(kind::isInstance).count();
  }

  /// Checks that no shield refused anything, and that the bytes of the story went as its treatment
  /// requires: if it is protected, at least `bytes` through TLS into servers, otherwise none
  /// through TLS.
  void carried(long bytes) throws InterruptedException {
    Eventually.holds(
        () -> count(ShieldEvent.Opened.class) == count(ShieldEvent.Closed.class),
        () -> "connections stay open: " + events().toList());
    carriedSoFar(bytes);
  }

  /// As [#carried], while some connections may still be open. Only closed ones count.
  void carriedSoFar(long bytes) throws InterruptedException {
    assertEquals(List.of(), refusals());
    if (treatment != Treatment.PROTECTED) {
      assertEquals(0, count(ShieldEvent.Opened.class));
      return;
    }
    Eventually.holds(() -> ended() >= bytes, () -> ended() + " bytes in " + events().toList());
  }

  private long ended() {
    return events()
        .filter(ShieldEvent.Closed.class::isInstance)
        .map(ShieldEvent.Closed.class::cast)
        .filter(end -> end.connection().isInbound())
        .mapToLong(end -> end.traffic().total())
        .sum();
  }

  @Override
  public void close() throws IOException {
    for (var actor : actors.reversed()) {
      actor.close();
    }
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
