package dev.testudo.shield.escape;

import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The escape programs where the shield supplies the program's sockets. Those about the identity of
/// descriptors always run, the others nightly.
@Timeout(600)
class ContainerEscapesPrivilegedTest {
  private static final Set<String> ABOUT_SOCKETS =
      Set.of(
          "A7-process-vm",
          "F1-connect-upper-bits",
          "F5-netlink-connect",
          "N1-dup2-during-connect",
          "N1-dup2-during-listen",
          "N1-sockaddr-rewrite",
          "N11-accept-limits",
          "N2-tid-reuse",
          "N3-signals-restart",
          "N5-parallel-connect",
          "N5-parallel-protected",
          "N7-close-range-unshare",
          "N7-listen-private-table",
          "T11-address-form",
          "T14-listen-passed",
          "T3-connected-then-listen",
          "T3-disconnect-reconnect",
          "T3-dissolve-protected",
          "T7-self-connect",
          "T8-connect-private",
          "T8-reuseport-hijack");

  private static Cage cage;

  static Stream<EscapeProgram> aboutSockets() {
    return EscapeProgram.all().stream().filter(program -> ABOUT_SOCKETS.contains(program.name()));
  }

  static Stream<EscapeProgram> others() {
    return EscapeProgram.all().stream().filter(program -> !ABOUT_SOCKETS.contains(program.name()));
  }

  @BeforeAll
  static void open() throws Exception {
    cage = Cage.inContainer();
  }

  @AfterAll
  static void close() throws Exception {
    cage.close();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("aboutSockets")
  void containsRootOfAContainer(EscapeProgram program) throws Exception {
    EscapesPrivilegedTest.check(cage.run(program), program.inContainer());
  }

  @Tag("nightly")
  @ParameterizedTest(name = "{0}")
  @MethodSource("others")
  void containsRootOfAContainerInEveryOtherWay(EscapeProgram program) throws Exception {
    EscapesPrivilegedTest.check(cage.run(program), program.inContainer());
  }
}
