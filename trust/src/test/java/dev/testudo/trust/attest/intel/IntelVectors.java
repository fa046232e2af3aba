package dev.testudo.trust.attest.intel;

import dev.testudo.trust.attest.Vectors.Vector;
import dev.testudo.trust.attest.Verifier;
import dev.testudo.trust.attest.collateral.Collateral;
import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.attest.context.VerificationContext;
import dev.testudo.trust.attest.context.VerificationMemory;
import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.Verification;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Verifies the vectors of SGX and TDX.
public final class IntelVectors {
  private IntelVectors() {}

  /// Returns the collateral of a vector, under whichever name it is asked for.
  static Collateral collateral(Vector vector) {
    return id ->
        switch (id) {
          case DocumentId.TcbInfo _ -> document(vector, id, "tcbInfo", "tcbInfoChain");
          case DocumentId.QeIdentity _ -> document(vector, id, "qeIdentity", "qeIdentityChain");
          case DocumentId.PckCrl _ -> document(vector, id, "pckCrl", "");
          case DocumentId.IntelRootCrl _ -> document(vector, id, "rootCrl", "");
          case DocumentId.AmdChain _, DocumentId.AmdCrl _, DocumentId.Vcek _ -> Optional.empty();
        };
  }

  private static Optional<Document> document(
      Vector vector, DocumentId id, String body, String chain) {
    var issuers = chain.isEmpty() ? Octets.of(new byte[0]) : vector.file(chain);
    return Optional.of(new Document(id, vector.file(body), issuers));
  }

  static Evidence evidence(Vector vector, Octets quote) {
    return vector.name().startsWith("sgx/")
        ? new Evidence.SgxQuote(quote)
        : new Evidence.TdxQuote(quote);
  }

  static Verification verify(Vector vector) {
    return verify(vector, vector.at());
  }

  static Verification verify(Vector vector, Instant at) {
    return verify(vector, at, VerificationMemory.none());
  }

  static Verification verify(Vector vector, Instant at, VerificationMemory memory) {
    return verify(vector, at, Duration.ZERO, memory);
  }

  /// Verifies a vector as CAS does, which leaves it to policies how long documents count.
  public static Verification verify(Vector vector, Instant at, Duration grace) {
    return verify(vector, at, grace, VerificationMemory.none());
  }

  private static Verification verify(
      Vector vector, Instant at, Duration grace, VerificationMemory memory) {
    var context =
        new VerificationContext(collateral(vector), HardwareRoots.vendor(), at, grace, memory);
    return Verifier.verify(evidence(vector, vector.file("quote")), Optional.empty(), context);
  }
}
