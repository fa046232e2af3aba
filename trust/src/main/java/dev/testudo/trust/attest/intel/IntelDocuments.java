package dev.testudo.trust.attest.intel;

import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.attest.evidence.DocumentId.Tee;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import java.security.SignatureException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Parses TCB info and QE identities and verifies their signatures.
final class IntelDocuments {
  private static final int TCB_INFO_VERSION = 3;
  private static final int QE_IDENTITY_VERSION = 2;

  private IntelDocuments() {}

  /// A document whose signature is verified, with the chain of its key.
  record Signed<T>(T content, IntelChain chain) {}

  /// Reads the content of a document.
  interface Content<T> {
    T read(JsonMembers in, Tee tee) throws MessageException;
  }

  /// Verifies chains of who signs documents.
  interface Chains {
    IntelChain verify(Octets pem) throws EvidenceException;
  }

  /// Returns who verifies chains to pinned keys.
  static Chains chains(HardwareRoots roots) {
    return pem ->
        IntelChain.verify(
            pem, IntelChain.Kind.TCB_SIGNING_CHAIN, roots, RejectionId.COLLATERAL_WRONG);
  }

  /// Verifies TCB info.
  static Signed<TcbInfo> tcbInfo(Document document, Tee tee, Chains chains)
      throws EvidenceException {
    return verify(document, "tcbInfo", tee, chains, IntelDocuments::readTcbInfo);
  }

  /// Verifies a QE identity.
  static Signed<QeIdentity> qeIdentity(Document document, Tee tee, Chains chains)
      throws EvidenceException {
    return verify(document, "enclaveIdentity", tee, chains, IntelDocuments::readQeIdentity);
  }

  private static <T> Signed<T> verify(
      Document document, String member, Tee tee, Chains chains, Content<T> content)
      throws EvidenceException {
    try {
      var json = SignedJson.read(document.body(), member, Document.MOST_BYTES);
      var chain = chains.verify(document.issuerChain());
      json.verify(chain.leaf().key());
      return new Signed<>(content.read(json.members(), tee), chain);
    } catch (MessageException e) {
      throw wrong(document, String.valueOf(e.getMessage()));
    } catch (SignatureException e) {
      throw wrong(document, "it is not signed by `%s`".formatted(IntelChain.TCB_SIGNING));
    } catch (EvidenceException e) {
      throw wrong(document, e.reason());
    }
  }

  private static EvidenceException wrong(Document document, String reason) {
    return new EvidenceException(
        RejectionId.COLLATERAL_WRONG, "the document %s: %s".formatted(document.id(), reason));
  }

  /// Reads the object `tcbInfo`.
  static TcbInfo readTcbInfo(JsonMembers in, Tee tee) throws MessageException {
    if (in.number("version", 0, Integer.MAX_VALUE) != TCB_INFO_VERSION) {
      throw in.wrong("version", "3, which the API v4 of Intel's service delivers");
    }
    expect(in, "id", tee.name());
    in.number("tcbType", 0, 0);
    return new TcbInfo(
        new TcbInfo.Platform(
            TcbReader.hex(in, "fmspc", 6).hex(), TcbReader.hex(in, "pceId", 2).hex()),
        TcbReader.period(in),
        TcbReader.evaluationNumber(in),
        levels(in, tee),
        tee == Tee.TDX ? modules(in) : List.of());
  }

  /// Reads the object `enclaveIdentity`.
  static QeIdentity readQeIdentity(JsonMembers in, Tee tee) throws MessageException {
    if (in.number("version", 0, Integer.MAX_VALUE) != QE_IDENTITY_VERSION) {
      throw in.wrong("version", "2, which the API v4 of Intel's service delivers");
    }
    expect(in, "id", tee == Tee.SGX ? "QE" : "TD_QE");
    return new QeIdentity(
        TcbReader.period(in),
        TcbReader.evaluationNumber(in),
        new QeIdentity.Expected(
            new QeIdentity.Masked(
                reversed(TcbReader.hex(in, "miscselect", 4)),
                reversed(TcbReader.hex(in, "miscselectMask", 4))),
            new QeIdentity.Masked(
                TcbReader.hex(in, "attributes", 16), TcbReader.hex(in, "attributesMask", 16)),
            TcbReader.hex(in, "mrsigner", 32),
            (int) in.number("isvprodid", 0, 65_535)),
        TcbReader.svnLevels(in));
  }

  private static void expect(JsonMembers in, String name, String value) throws MessageException {
    if (!in.text(name).equals(value)) {
      throw in.wrong(name, "`%s`".formatted(value));
    }
  }

  /// MISCSELECT is written as a number, the most significant digit first; reports have it little
  /// endian.
  private static Octets reversed(Octets number) {
    var bytes = new byte[number.length()];
    for (var i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) number.u8(bytes.length - 1 - i);
    }
    return Octets.of(bytes);
  }

  private static List<TcbLevel> levels(JsonMembers in, Tee tee) throws MessageException {
    var levels = new ArrayList<TcbLevel>();
    for (var level : TcbReader.objects(in, "tcbLevels")) {
      var tcb = level.object("tcb");
      levels.add(
          new TcbLevel(
              TcbReader.components(tcb, "sgxtcbcomponents"),
              (int) tcb.number("pcesvn", 0, 65_535),
              tee == Tee.TDX ? TcbReader.components(tcb, "tdxtcbcomponents") : List.of(),
              TcbReader.grade(level, TcbReader.OF_PLATFORMS)));
    }
    levels.sort(TcbLevel.HIGHEST_FIRST);
    for (var i = 1; i < levels.size(); i++) {
      if (TcbLevel.HIGHEST_FIRST.compare(levels.get(i - 1), levels.get(i)) == 0) {
        throw in.wrong("tcbLevels", "a list of levels with different versions");
      }
    }
    return levels;
  }

  private static List<TdxModule> modules(JsonMembers in) throws MessageException {
    var modules = new ArrayList<TdxModule>();
    modules.add(module(TcbInfo.MODULE_0, in.object("tdxModule"), List.of()));
    for (var identity : TcbReader.optionalObjects(in, "tdxModuleIdentities")) {
      var id = identity.text("id");
      if (modules.stream().anyMatch(m -> m.id().equalsIgnoreCase(id))) {
        throw in.wrong("tdxModuleIdentities", "a list of different modules");
      }
      modules.add(module(id.toUpperCase(Locale.ROOT), identity, TcbReader.svnLevels(identity)));
    }
    return modules;
  }

  private static TdxModule module(String id, JsonMembers in, List<SvnLevel> levels)
      throws MessageException {
    return new TdxModule(
        id,
        TcbReader.hex(in, "mrsigner", 48),
        TcbReader.hex(in, "attributes", 8),
        TcbReader.hex(in, "attributesMask", 8),
        levels);
  }
}
