package dev.testudo.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.intel.IntelPublication;
import dev.testudo.trust.generator.IntelPlatformMaker;
import dev.testudo.trust.generator.QuoteMaker.Kind;
import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.Map;

/// Intel's documents: as somebody on the way can change them, and what is in them if Intel signed
/// it. What is wrong with them is an [EvidenceException].
public final class IntelDocumentTarget {
  private static final IntelPlatformMaker PLATFORM = IntelPlatformMaker.of(Kind.TDX_4);
  private static final HardwareRoots ROOTS = PLATFORM.roots();
  private static final Map<DocumentId, Document> DOCUMENTS = PLATFORM.documents();

  private IntelDocumentTarget() {}

  /// Reads one input as each document.
  public static void fuzzerTestOneInput(byte[] input) {
    for (var good : DOCUMENTS.values()) {
      read(good, Octets.of(input));
      read(good, good.body(), Octets.of(input));
      switch (good.id()) {
        case DocumentId.TcbInfo _ -> read(good, signed("tcbInfo", input));
        case DocumentId.QeIdentity _ -> read(good, signed("enclaveIdentity", input));
        default -> {}
      }
    }
  }

  /// Returns a reply of Intel's service whose content is the input.
  private static Octets signed(String name, byte[] content) {
    var signature = HexFormat.of().formatHex(PLATFORM.tcbSigning().key().sign(content));
    var reply = new ByteArrayOutputStream();
    reply.writeBytes("{\"%s\":".formatted(name).getBytes(UTF_8));
    reply.writeBytes(content);
    reply.writeBytes(",\"signature\":\"%s\"}".formatted(signature).getBytes(UTF_8));
    return Octets.of(reply.toByteArray());
  }

  private static void read(Document like, Octets body) {
    read(like, body, like.issuerChain());
  }

  private static void read(Document like, Octets body, Octets chain) {
    try {
      var _ = IntelPublication.verify(new Document(like.id(), body, chain), ROOTS);
    } catch (EvidenceException e) {
      // That is the answer to a damaged input.
    }
  }
}
