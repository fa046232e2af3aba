package dev.testudo.trust.collateral.input;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.attest.evidence.DocumentId.PckCrl;
import dev.testudo.trust.attest.evidence.DocumentId.QeIdentity;
import dev.testudo.trust.attest.evidence.DocumentId.TcbInfo;
import dev.testudo.trust.attest.evidence.DocumentId.Tee;
import dev.testudo.trust.collateral.CollateralException;
import dev.testudo.trust.collateral.CollateralException.Fault;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Reads what programs keep of the replies of Intel's service (PCS) and its caches (PCCS): a reply
/// with its issuer chain in one object, the reply alone, or the collateral of one quote in one
/// object.
final class IntelJson {
  private static final String TCB_SIGNER = "Intel SGX TCB Signing";
  private static final Pattern FMSPC = Pattern.compile("[0-9A-Fa-f]{12}");
  private static final Pattern SIGNATURE = Pattern.compile("[0-9A-Fa-f]{128}");
  private static final Set<String> UNUSED =
      Set.of("fmspcs_json", "tcb_evaluation_data_numbers_json");

  private final FoundDocuments found;
  private final String file;

  IntelJson(FoundDocuments found, String file) {
    this.found = found;
    this.file = file;
  }

  /// Reads an object.
  ///
  /// @param bytes the text of the object
  void read(JsonMembers members, byte[] bytes) throws MessageException, CollateralException {
    if (members.has("tcbInfo")) {
      withoutChain(tcbInfo(bytes), bytes);
    } else if (members.has("enclaveIdentity")) {
      withoutChain(identity(bytes), bytes);
    } else if (members.has("tcb_info_json")) {
      var body = members.text("tcb_info_json").getBytes(UTF_8);
      add(tcbInfo(body), body, members.text("issuer_chain"));
    } else if (members.has("enclave_identity_json")) {
      var body = members.text("enclave_identity_json").getBytes(UTF_8);
      add(identity(body), body, members.text("issuer_chain"));
    } else if (members.has("crl_data")) {
      list(members.text("crl_data"), members.text("issuer_chain"));
    } else if (members.has("crl_data_base64")) {
      list(decoded(members.text("crl_data_base64")), members.text("issuer_chain"));
    } else if (members.has("tcb_info") && members.has("qe_identity")) {
      collateral(members);
    } else if (UNUSED.stream().anyMatch(members::has)) {
      found.ignore(file, "it is a list of what the service has, and no document");
    } else {
      throw new CollateralException(
          Fault.MALFORMED,
          "it is a JSON object, but neither a bundle nor a reply of Intel's service");
    }
  }

  /// Reads the collateral of one quote. The signed texts are in it, without what is around them in
  /// the service's replies.
  private void collateral(JsonMembers members) throws MessageException, CollateralException {
    var tcbInfo = signed(members, "tcbInfo", "tcb_info");
    add(tcbInfo(tcbInfo), tcbInfo, members.text("tcb_info_issuer_chain"));
    var identity = signed(members, "enclaveIdentity", "qe_identity");
    add(identity(identity), identity, members.text("qe_identity_issuer_chain"));
    list(members.text("root_ca_crl"), "");
    list(members.text("pck_crl"), members.text("pck_crl_issuer_chain"));
  }

  private static byte[] signed(JsonMembers members, String name, String member)
      throws MessageException {
    var signature = members.text(member + "_signature");
    if (!SIGNATURE.matcher(signature).matches()) {
      throw members.wrong(member + "_signature", "128 hexadecimal digits");
    }
    return "{\"%s\":%s,\"signature\":\"%s\"}"
        .formatted(name, members.text(member), signature)
        .getBytes(UTF_8);
  }

  private static byte[] decoded(String base64) throws CollateralException {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new CollateralException(Fault.MALFORMED, "`crl_data_base64` is not base64");
    }
  }

  private void list(String text, String chain) throws CollateralException {
    list(text.getBytes(UTF_8), chain);
  }

  private void list(byte[] bytes, String chain) throws CollateralException {
    var der = RevocationLists.unwrapped(bytes);
    var list = RevocationLists.parse(der);
    if (list.isEmpty()) {
      throw new CollateralException(Fault.MALFORMED, "the revocation list is damaged");
    }
    for (var id : RevocationLists.names(list.get())) {
      found.add(id, der, id instanceof PckCrl ? chain : "");
    }
  }

  private void withoutChain(Optional<DocumentId> id, byte[] body) throws CollateralException {
    if (id.isPresent()) {
      found.addWithoutChain(id.get(), body, TCB_SIGNER, file);
    }
  }

  private void add(Optional<DocumentId> id, byte[] body, String chain) throws CollateralException {
    if (id.isPresent()) {
      found.add(id.get(), body, chain);
    }
  }

  private static Optional<DocumentId> tcbInfo(byte[] reply) throws MessageException {
    var info = JsonMembers.read(reply, Document.MOST_BYTES, "the reply").object("tcbInfo");
    if (!info.has("id")) {
      throw new MessageException(
          "the TCB info is of version 2, which has no `id`; ask version 4 of the service's interface");
    }
    var tee =
        switch (info.text("id")) {
          case "SGX" -> Tee.SGX;
          case "TDX" -> Tee.TDX;
          default -> throw info.wrong("id", "`SGX` or `TDX`");
        };
    var fmspc = info.text("fmspc");
    if (!FMSPC.matcher(fmspc).matches()) {
      throw info.wrong("fmspc", "12 hexadecimal digits");
    }
    return Optional.of(new TcbInfo(tee, fmspc.toLowerCase(Locale.ROOT)));
  }

  private Optional<DocumentId> identity(byte[] reply) throws MessageException {
    var identity = JsonMembers.read(reply, Document.MOST_BYTES, "the reply");
    var inner = identity.object("enclaveIdentity");
    return switch (inner.text("id")) {
      case "QE" -> Optional.of(new QeIdentity(Tee.SGX));
      case "TD_QE" -> Optional.of(new QeIdentity(Tee.TDX));
      default -> {
        found.ignore(file, "it is the identity of an enclave that makes no quotes");
        yield Optional.empty();
      }
    };
  }
}
