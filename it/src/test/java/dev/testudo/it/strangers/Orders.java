package dev.testudo.it.strangers;

import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.generator.IntelPlatformMaker;
import dev.testudo.trust.generator.QuoteMaker.Kind;
import java.util.concurrent.ThreadLocalRandom;

/// What strangers send: sessions that they want registered, and evidence.
final class Orders {
  static final String MEASUREMENT = "00".repeat(32);

  private static final int REFERENCES = 3000;
  private static final int VALUE = 100_000;
  private static final int RSA_KEYS = 4;
  private static final String ONE_LINE = "{" + "sevices: 1, ".repeat((1 << 20) / 12 - 10) + "}";

  private static final Octets QUOTE = IntelPlatformMaker.of(Kind.TDX_5_15).quoteBytes();

  private Orders() {}

  /// A quote under another root than Intel's, every other time with a damaged bit.
  static Evidence quote() {
    var bytes = QUOTE.toBytes();
    if (ThreadLocalRandom.current().nextBoolean()) {
      bytes[ThreadLocalRandom.current().nextInt(bytes.length)] ^= 0x40;
    }
    return new Evidence.TdxQuote(Octets.of(bytes));
  }

  static String small(String name) {
    return """
        name: %s
        version: "0.3"
        secrets:
          - name: word
            kind: ascii
            export_public: true
        """
        .formatted(name);
  }

  static String rsa(String name) {
    var session = new StringBuilder("name: %s\nversion: \"0.3\"\nsecrets:\n".formatted(name));
    for (var i = 0; i < RSA_KEYS; i++) {
      session.append(
          "  - name: key%d\n    kind: private-key\n    key_type: RSA-3072\n".formatted(i));
    }
    return session.toString();
  }

  /// A hundred kilobytes that service `s` is to get three thousand times.
  static String bomb(String name) {
    return """
        name: %s
        version: "0.3"
        security:
          attestation:
            mode: hardware
            tolerate: [software-evidence]
        services:
          - name: s
            command: prog
            environment:
              V: "%s"
            attestation:
              - mrenclave: "%s"
                join_token: required
        secrets:
          - name: big
            kind: ascii
            export_public: true
            value: %s
        """
        .formatted(name, "$$SCONE::big$$".repeat(REFERENCES), MEASUREMENT, "b".repeat(VALUE));
  }

  static String oneLine() {
    return ONE_LINE;
  }
}
