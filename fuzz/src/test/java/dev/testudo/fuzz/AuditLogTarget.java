package dev.testudo.fuzz;

import dev.testudo.trust.audit.AuditLine;
import dev.testudo.trust.audit.AuditVerdict;
import dev.testudo.trust.channel.RefusalReport;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// The file of an audit log. A log that our key has not signed has problems, unless it is empty.
public final class AuditLogTarget {
  private static final KeyHash KEY = Identity.ephemeral("cas").keyHash();
  private static final Path FILE = Path.of("audit.jsonl");

  private AuditLogTarget() {}

  /// Verifies one input.
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    try {
      AuditLine.read(input);
      RefusalReport.ofAuditLine(input);
    } catch (MessageException e) {
      // That is the answer to a damaged line.
    }
    Files.write(FILE, input);
    var verdict = AuditVerdict.of(FILE, KEY, Optional.empty());
    if (input.length > 0 && verdict.problems().isEmpty()) {
      throw new AssertionError("a log that nobody signed is accepted");
    }
  }
}
