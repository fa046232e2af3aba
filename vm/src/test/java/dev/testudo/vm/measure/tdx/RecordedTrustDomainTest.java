package dev.testudo.vm.measure.tdx;

import static dev.testudo.vm.MeasurementHash.SHA384;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.trust.attest.eventlog.EventLog;
import dev.testudo.trust.attest.eventlog.RuntimeEvents;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.json.Json;
import dev.testudo.vm.LaunchVectors;
import dev.testudo.vm.measure.BootPath;
import dev.testudo.vm.measure.MeasuredEvent;
import dev.testudo.vm.measure.MeasuredRegister;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A trust domain of dstack with its quote and its log. The firmware, kernel and initrd are not
/// there, so what is compared is the replay and the events whose content is known.
class RecordedTrustDomainTest {
  private static final String FILE = "tdx-dstack-lite/tdx-lite-getquote.json";

  private static final int MOST_BYTES = 1 << 20;

  /// Where RTMR0 is in a quote of version 4: after 48 bytes of header and 328 of the report.
  private static final int RTMR0 = 48 + 328;

  @Test
  void theLogReplaysToTheRegistersInTheQuote() throws Exception {
    var quote = Octets.ofHex(LaunchVectors.object(FILE).text("quote"));
    for (var register = 0; register < 4; register++) {
      var value = quote.slice(RTMR0 + register * SHA384.bytes(), SHA384.bytes());
      assertEquals(value, new MeasuredRegister(SHA384, events(register)).value());
      assertEquals(value, log().replay().get(register));
    }
    assertEquals(List.of(13, 5, 2), List.of(events(0).size(), events(1).size(), events(2).size()));
  }

  @Test
  void itsRtmr1IsTheKernelThenWhatTheFirmwareSays() throws Exception {
    var expected = new ArrayList<MeasuredEvent>();
    expected.add(events(1).getFirst());
    expected.addAll(BootPath.DIRECT.events(SHA384));
    expected.addAll(ExitBootServices.events());
    assertEquals(digests(expected), digests(events(1)));
  }

  private static List<MeasuredEvent> events(int register) throws Exception {
    return log().events().stream()
        .filter(event -> event.register() == register)
        .map(event -> new MeasuredEvent(event.name(), event.digest()))
        .toList();
  }

  private static EventLog log() throws Exception {
    var text = LaunchVectors.object(FILE).text("event_log").getBytes(UTF_8);
    return RuntimeEvents.parse(Json.read(text, MOST_BYTES));
  }

  private static List<Octets> digests(List<MeasuredEvent> events) {
    return events.stream().map(MeasuredEvent::digest).toList();
  }
}
