package dev.testudo.vm.measure.tpm;

import static dev.testudo.vm.MeasurementHash.SHA256;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.LaunchVectors;
import dev.testudo.vm.measure.BootPath;
import dev.testudo.vm.measure.MeasuredEvent;
import dev.testudo.vm.measure.MeasuredRegister;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Boots of a unified kernel image in QEMU with a software TPM that were recorded. The images are
/// not there, so what is compared is what needs none: the replay, and the events whose content is
/// known.
class RecordedBootTest {
  private static final List<String> SECTIONS = List.of(".linux", ".osrel", ".cmdline", ".initrd");

  @Test
  void theLogReplaysToThePcrsOfItsBoot() {
    var pcrs = new TreeMap<Integer, String>();
    for (var line : lines("pcrs.txt")) {
      var words = line.split(" ");
      pcrs.put(Integer.valueOf(words[1]), words[2].toLowerCase(Locale.ROOT));
    }
    var log = TpmEventLog.read(LaunchVectors.read("tpm-uki/event-log.bin"));
    var replayed = new TreeMap<Integer, String>();
    for (var pcr : pcrs.keySet()) {
      replayed.put(pcr, TpmEventLog.register(log, pcr).value().hex());
    }
    assertEquals(pcrs, replayed);
    for (var unused : List.of(8, 12, 13, 14)) {
      assertEquals(SHA256.zero().hex(), pcrs.get(unused));
    }
  }

  @Test
  void itsPcr4BeginsWithAnEntryOfTheBootOrderThatDidNotBoot() {
    var events = register("event-log.bin", 4).events();
    var path = new BootPath(1, Optional.empty()).events(SHA256);
    assertEquals(digests(path), digests(events.subList(0, path.size())));
    // The image, and the kernel in it.
    assertEquals(path.size() + 2, events.size());
  }

  @Test
  void itsPcr11AlternatesBetweenNamesOfSectionsAndTheirContents() {
    var events = register("event-log.bin", 11).events();
    assertEquals(2 * SECTIONS.size(), events.size());
    for (var i = 0; i < SECTIONS.size(); i++) {
      var name = Octets.of((SECTIONS.get(i) + '\0').getBytes(UTF_8));
      assertEquals(SHA256.of(name), events.get(2 * i).digest());
    }
  }

  /// SHA-256 of the kernel and the initrd of the recorded boot, from `inputs.sha256`.
  @Test
  void thePartsOfTheImageAreInPcr9And11ByTheirHashes() {
    var inputs = inputs();
    var stub = register("event-log.bin", 11).events();
    assertEquals(inputs.get("vmlinuz"), stub.get(1).digest().hex());
    assertEquals(inputs.get("initrdq.gz"), stub.get(7).digest().hex());
    var kernel = register("event-log.bin", 9).events();
    assertEquals(2, kernel.size());
    assertEquals(inputs.get("initrdq.gz"), kernel.get(1).digest().hex());
  }

  private static Map<String, String> inputs() {
    var inputs = new TreeMap<String, String>();
    for (var line : lines("inputs.sha256")) {
      var words = line.split(" +");
      inputs.put(words[1], words[0]);
    }
    return inputs;
  }

  private static List<String> lines(String name) {
    return new String(LaunchVectors.read("tpm-uki/" + name).toBytes(), UTF_8).lines().toList();
  }

  private static MeasuredRegister register(String log, int pcr) {
    return TpmEventLog.register(TpmEventLog.read(LaunchVectors.read("tpm-uki/" + log)), pcr);
  }

  private static List<Octets> digests(List<MeasuredEvent> events) {
    return events.stream().map(MeasuredEvent::digest).toList();
  }
}
