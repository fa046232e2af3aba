package dev.testudo.shield.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// CPython's tests end the same under a shield that allows everything, except for the differences
/// that `docs/compatibility.md` lists.
class PythonSuitePrivilegedTest {
  private static final List<String> QUICK =
      List.of(
          "*test_socket.BasicTCPTest*",
          "*NonBlockingTCPTests*",
          "*RecvmsgTCPTest*",
          "*RecvmsgIntoTCPTest*",
          "*SendmsgTCPTest*",
          "*RecvmsgSCMRightsStreamTest*",
          "*SendfileUsing*",
          "*TestUnixDomain*",
          "*TestLinuxAbstract*",
          "*BasicSocketPairTest*",
          "*GeneralModuleTests*",
          "*CreateServer*",
          "*Inheritance*",
          "*test_UnixStreamServer",
          "*UnixDatagramServer",
          "*test_TCPServer",
          "*test_ForkingTCPServer",
          "*test_UDPServer",
          "*test_sock_lowlevel.EPoll*",
          "*BaseEventLoopWithSelectorTests*",
          "*test_ssl.SimpleBackgroundTests*");

  private static final List<String> MODULES =
      List.of("test_socket", "test_selectors", "test_socketserver", "test_ssl", "test_asyncio");

  @Test
  @Timeout(value = 3600, unit = TimeUnit.SECONDS)
  void aSelectionEndsTheSame() throws Exception {
    var known = new TreeMap<>(PythonDifferences.known());
    var quick = Set.of("test_sethostname", "testUnencodableAddr");
    known.keySet().removeIf(test -> quick.stream().noneMatch(test::contains));
    var found = PythonSuite.differences(MODULES, QUICK);
    assertEquals(known.keySet(), found.keySet(), found::toString);
  }

  @Test
  @Tag("nightly")
  @Timeout(value = 3600, unit = TimeUnit.SECONDS)
  void everythingEndsTheSame() throws Exception {
    var found = new TreeMap<String, String>();
    for (var module : MODULES) {
      found.putAll(PythonSuite.differences(List.of(module), List.of()));
    }
    assertEquals(PythonDifferences.known().keySet(), found.keySet(), () -> explain(found));
  }

  private static String explain(Map<String, String> found) {
    var lines = new StringBuilder("differences found:\n");
    found.forEach((test, outcomes) -> lines.append(test + ": " + outcomes + "\n"));
    return lines.toString();
  }
}
