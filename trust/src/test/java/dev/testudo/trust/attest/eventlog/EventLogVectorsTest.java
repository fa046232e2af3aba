package dev.testudo.trust.attest.eventlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.attest.Vectors;
import dev.testudo.trust.attest.Vectors.Vector;
import dev.testudo.trust.attest.eventlog.ReplayedLog.State;
import dev.testudo.trust.attest.evidence.Evidence.TdxQuote;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.file.EvidenceFiles;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue.JsonBoolean;
import dev.testudo.trust.json.MessageException;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Logs of real machines give the registers that their quotes sign, except for the log of another
/// boot.
class EventLogVectorsTest {
  /// Where RTMR0 is in a quote of version 4.
  private static final int RTMR0 = 376;

  private static List<Octets> rtmrs(Octets quote) {
    return IntStream.range(0, 4).mapToObj(i -> quote.slice(RTMR0 + 48 * i, 48)).toList();
  }

  private static Octets file(Vector vector, String name) {
    return Vectors.read(vector.name() + "/" + name);
  }

  private static ReplayedLog replayed(String name) throws EvidenceException {
    var vector = Vectors.one(name);
    return ReplayedLog.of(TcgLog.ccel(file(vector, "ccel.bin")), rtmrs(file(vector, "quote.bin")));
  }

  private static void matches(JsonMembers expected, ReplayedLog log) throws MessageException {
    assertEquals(
        expected.texts("replayed"),
        log.registers().stream().map(register -> register.replayed().hex()).toList());
    assertEquals(
        expected.array("matches"),
        log.registers().stream()
            .map(register -> new JsonBoolean(register.state() == State.MATCHES))
            .toList());
  }

  @Test
  void everyLogGivesTheRegistersThatAreExpected() throws Exception {
    for (var vector : Vectors.all("eventlog")) {
      var expected = vector.expected();
      if (expected.text("kind").equals("ccel")) {
        var events = TcgLog.ccel(file(vector, "ccel.bin")).events().size();
        assertEquals(expected.number("events", 0, 100), events, vector.name());
        matches(expected, replayed(vector.name()));
      } else {
        var files = expected.object("files");
        for (var name : List.of("quote-report.json", "lite-without-digests.json")) {
          var found = EvidenceFiles.read(file(vector, name));
          var quote = ((TdxQuote) found.evidence().orElseThrow()).quote();
          var log = ReplayedLog.of(found.log().orElseThrow(), rtmrs(quote));
          matches(files.object(name), log);
          assertTrue(log.holds());
        }
      }
    }
  }

  @Test
  void aKernelsCommandLineAndItsBootLoadersAreFound() throws Exception {
    var facts = BootFacts.of(replayed("eventlog/gcp-cos-113"));
    assertEquals(Optional.of(false), facts.secureBoot());
    assertEquals(
        List.of("\\EFI\\BOOT\\BOOTX64.EFI", "\\EFI\\BOOT\\grub-lakitu.efi"),
        facts.started().stream().map(BootFacts.Started::path).toList());
    assertEquals(1, facts.commandLines().size());
    assertTrue(
        facts.commandLines().getFirst().startsWith("/syslinux/vmlinuz.A init="),
        facts.commandLines()::getFirst);
  }

  @Test
  void noEventOfARegisterThatDiffersIsBelieved() throws Exception {
    var log = replayed("eventlog/attestation-rs-mismatch");
    assertEquals(State.DIFFERS, log.registers().get(2).state());
    assertTrue(log.believed().stream().noneMatch(content -> content.event().register() == 2));
    assertTrue(log.believed().stream().anyMatch(content -> content.event().register() == 1));
  }
}
