package dev.testudo.trust.attest.intel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.attest.evidence.DocumentId.Tee;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.generator.QeIdentityMaker;
import dev.testudo.trust.generator.TcbInfoMaker;
import dev.testudo.trust.generator.TcbLevelMaker;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue.JsonObject;
import dev.testudo.trust.json.MessageException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Compares the decision about a TCB with a slow one. `-Dtcb.seed=N` repeats a run.
class TcbDifferentialTest {
  private static final int CASES = 4000;
  private static final List<String> OF_PLATFORMS =
      List.of(
          "UpToDate",
          "SWHardeningNeeded",
          "ConfigurationNeeded",
          "ConfigurationAndSWHardeningNeeded",
          "OutOfDate",
          "OutOfDateConfigurationNeeded",
          "Revoked");
  private static final List<String> OF_PARTS =
      List.of("UpToDate", "UpToDate", "OutOfDate", "OutOfDate", "Revoked");

  /// Version 2 is in no document.
  private static final List<Integer> MAJORS = List.of(0, 1, 1, 1, 10, 2);

  private final long seed = Long.getLong("tcb.seed", System.nanoTime());
  private final Random random = new Random(seed);

  @Test
  void bothDecisionsAgree() throws MessageException {
    Map<String, Integer> seen = new TreeMap<>();
    for (var i = 0; i < CASES; i++) {
      var status = compare("seed %d, case %d".formatted(seed, i));
      seen.merge(status, 1, Integer::sum);
    }
    // The inputs are not all of one kind.
    assertTrue(seen.size() == 9, () -> "seed %d gives %s".formatted(seed, seen));
  }

  private String compare(String name) throws MessageException {
    var tee = random.nextInt(4) == 0 ? Tee.SGX : Tee.TDX;
    var info = object(info(tee));
    var identity = object(identity(tee));
    var platform = svns(4);
    var pceSvn = random.nextInt(4);
    var qeSvn = random.nextInt(1, 5);
    var tdx = new ArrayList<Octets>();
    if (tee == Tee.TDX) {
      tdx.add(tdxSvn());
      if (random.nextInt(3) > 0) {
        tdx.add(random.nextBoolean() ? tdxSvn() : later(tdx.getFirst()));
      }
    }
    var slow = new SlowTcb(info, identity, platform, pceSvn).decide(tdx, qeSvn);
    var decision =
        new TcbDecision(
            new PckExtension.Tcb(platform, pceSvn, Octets.of(new byte[16])),
            IntelDocuments.readTcbInfo(JsonMembers.of(info, "tcbInfo"), tee),
            IntelDocuments.readQeIdentity(JsonMembers.of(identity, "enclaveIdentity"), tee));
    String fast;
    try {
      fast = decision.decide(body(tdx), qe(qeSvn)).status().toString();
    } catch (EvidenceException e) {
      fast = SlowTcb.REFUSED;
    }
    assertEquals(slow, fast, name);
    return fast;
  }

  private static JsonObject object(String text) throws MessageException {
    return (JsonObject) Json.read(text.getBytes(StandardCharsets.UTF_8), 1 << 20);
  }

  private String info(Tee tee) {
    var keys = new HashSet<String>();
    var levels = new ArrayList<TcbLevelMaker>();
    for (var count = random.nextInt(1, 7); levels.size() < count; ) {
      var sgx = svns(3);
      var pceSvn = random.nextInt(3);
      Optional<List<Integer>> tdx = tee == Tee.TDX ? Optional.of(svns(3)) : Optional.empty();
      if (keys.add(sgx + "-" + pceSvn + tdx)) {
        levels.add(new TcbLevelMaker(sgx, pceSvn, tdx, one(OF_PLATFORMS), "2020-01-01T00:00:00Z"));
      }
    }
    var maker = new TcbInfoMaker(tee == Tee.TDX, "000000000000").levels(levels).withoutModules();
    maker.module("TDX_01", statuses()).module("tdx_0a", statuses());
    return maker.text();
  }

  private String identity(Tee tee) {
    return new QeIdentityMaker(tee == Tee.TDX).levels(statuses()).text();
  }

  private Map<Integer, String> statuses() {
    var statuses = new HashMap<Integer, String>();
    for (var i = random.nextInt(1, 4); i > 0; i--) {
      statuses.put(random.nextInt(4), one(OF_PARTS));
    }
    return statuses;
  }

  private String one(List<String> words) {
    return words.get(random.nextInt(words.size()));
  }

  /// Returns 16 versions, most of them equal, so that levels are comparable often.
  private List<Integer> svns(int limit) {
    var svns = new ArrayList<>(Collections.nCopies(16, random.nextInt(limit)));
    if (random.nextInt(3) == 0) {
      svns.set(random.nextInt(16), random.nextInt(limit));
    }
    return svns;
  }

  private Octets tdxSvn() {
    var bytes = new byte[16];
    var svns = svns(4);
    for (var i = 0; i < 16; i++) {
      bytes[i] = svns.get(i).byteValue();
    }
    bytes[0] = (byte) random.nextInt(5);
    bytes[1] = MAJORS.get(random.nextInt(MAJORS.size())).byteValue();
    return Octets.of(bytes);
  }

  /// Returns the version of a module that was updated.
  private static Octets later(Octets svn) {
    var bytes = svn.toBytes();
    bytes[0] = (byte) (bytes[0] + 2);
    return Octets.of(bytes);
  }

  private static QuoteBody body(List<Octets> tdx) {
    if (tdx.isEmpty()) {
      return new QuoteBody.Enclave(Octets.of(new byte[QuoteBody.ENCLAVE_BYTES]));
    }
    var bytes = new byte[tdx.size() == 1 ? QuoteBody.TD_BYTES : QuoteBody.TD_15_BYTES];
    System.arraycopy(tdx.getFirst().toBytes(), 0, bytes, 0, 16);
    if (tdx.size() == 2) {
      System.arraycopy(tdx.getLast().toBytes(), 0, bytes, QuoteBody.TD_BYTES, 16);
    }
    return new QuoteBody.Domain(Octets.of(bytes));
  }

  private static QuoteBody.Enclave qe(int svn) {
    var bytes = new byte[QuoteBody.ENCLAVE_BYTES];
    bytes[258] = (byte) svn;
    return new QuoteBody.Enclave(Octets.of(bytes));
  }
}
