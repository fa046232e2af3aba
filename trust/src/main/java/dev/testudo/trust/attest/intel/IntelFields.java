package dev.testudo.trust.attest.intel;

import dev.testudo.trust.attest.evidence.DocumentId.Tee;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Field;
import dev.testudo.trust.attest.evidence.Octets;
import java.util.ArrayList;
import java.util.List;

/// Describes quotes for people. Nothing is verified.
public final class IntelFields {
  private IntelFields() {}

  /// Returns the fields of a quote, in the order of its format.
  ///
  /// @throws EvidenceException if it does not follow its format
  public static List<Field> describe(Octets quote) throws EvidenceException {
    var parsed = Quote.parse(quote);
    var fields = new ArrayList<Field>();
    fields.add(Field.group("header", header(parsed.header())));
    if (parsed.header().version() == 5) {
      fields.add(number("body type", parsed.body().type(), bodyType(parsed.body())));
      fields.add(number("body size", parsed.body().bytes().length(), "bytes"));
    }
    fields.add(
        switch (parsed.body()) {
          case QuoteBody.Enclave enclave -> Field.group("enclave report", enclave(enclave));
          case QuoteBody.Domain domain -> Field.group("TD report", domain(domain));
        });
    fields.add(Field.group("signature data", signature(parsed.signature())));
    fields.add(bytes("padding", parsed.padding()));
    return fields;
  }

  private static List<Field> header(QuoteHeader header) {
    return List.of(
        number("version", header.version(), ""),
        number("attestation key type", 2, "ECDSA on P-256 with SHA-256"),
        Field.of("TEE type", header.tee() == Tee.SGX ? "0" : "129", header.tee().name()),
        number("QE SVN", header.qeSvn(), "informative; the QE report is signed"),
        number("PCE SVN", header.pceSvn(), "informative"),
        hex("QE vendor", header.vendor(), "Intel"),
        hex("user data", header.userData(), "QE id " + header.qeId().hex()));
  }

  private static String bodyType(QuoteBody body) {
    return switch (body) {
      case QuoteBody.Enclave _ -> "enclave report";
      case QuoteBody.Domain domain -> domain.is15() ? "TD report of TDX 1.5" : "TD report";
    };
  }

  private static List<Field> enclave(QuoteBody.Enclave report) {
    return List.of(
        hex("CPUSVN", report.cpuSvn(), "versions of the processor, encoded per family"),
        hex("MISCSELECT", report.miscSelect(), ""),
        hex("ISVEXTPRODID", report.extendedProductId(), ""),
        flags("ATTRIBUTES", report.attributes(), AttributeBits.SGX),
        hex("MRENCLAVE", report.mrEnclave(), "measurement of the enclave"),
        hex("MRSIGNER", report.mrSigner(), "hash of the key that signed the enclave"),
        hex("CONFIGID", report.configId(), ""),
        number("ISVPRODID", report.productId(), "product of the signer"),
        number("ISVSVN", report.svn(), "version of the product"),
        number("CONFIGSVN", report.configSvn(), ""),
        hex("ISVFAMILYID", report.familyId(), ""),
        hex("REPORTDATA", report.reportData(), "chosen by the enclave"));
  }

  private static List<Field> domain(QuoteBody.Domain report) {
    var svn = report.teeTcbSvn();
    var fields = new ArrayList<Field>();
    fields.add(hex("TEE_TCB_SVN", svn, module(svn) + " launched it"));
    fields.add(hex("MRSEAM", report.mrSeam(), "measurement of the TDX module"));
    fields.add(
        hex(
            "MRSIGNERSEAM",
            report.mrSignerSeam(),
            report.mrSignerSeam().isZero() ? "Intel" : "not Intel"));
    fields.add(hex("SEAMATTRIBUTES", report.seamAttributes(), ""));
    fields.add(flags("TDATTRIBUTES", report.tdAttributes(), AttributeBits.TDX));
    fields.add(hex("XFAM", report.xfam(), "processor features that it may use"));
    fields.add(hex("MRTD", report.mrTd(), "measurement of what it was created with"));
    fields.add(hex("MRCONFIGID", report.mrConfigId(), "set by its owner"));
    fields.add(hex("MROWNER", report.mrOwner(), "set by its owner"));
    fields.add(hex("MROWNERCONFIG", report.mrOwnerConfig(), "set by its owner"));
    for (var i = 0; i < 4; i++) {
      fields.add(hex("RTMR" + i, report.rtmr(i), "extended at run time"));
    }
    fields.add(hex("REPORTDATA", report.reportData(), "chosen by the guest"));
    if (report.is15()) {
      fields.add(hex("TEE_TCB_SVN2", report.teeTcbSvn2(), module(report.teeTcbSvn2()) + " runs"));
      fields.add(
          hex(
              "MRSERVICETD",
              report.mrServiceTd(),
              report.mrServiceTd().isZero() ? "no service TD" : "service TDs are bound"));
    }
    return fields;
  }

  private static String module(Octets svn) {
    return "TDX module with major version %d, SVN %d,".formatted(svn.u8(1), svn.u8(0));
  }

  private static List<Field> signature(QuoteSignature signature) {
    return List.of(
        hex("signature", signature.signature(), "over header and body, by the attestation key"),
        hex("attestation key", signature.attestationKey(), "x and y on P-256"),
        Field.group("QE report", enclave(signature.qeReport())),
        hex("QE report signature", signature.qeReportSignature(), "by the PCK key"),
        hex("QE authentication data", signature.qeAuthData(), ""),
        number("certification data type", 5, "PCK certificate chain in PEM"),
        Field.group("PCK chain", PckFields.describe(signature.pckChain())));
  }

  private static Field flags(String name, Octets value, AttributeBits bits) {
    return new Field(name, value.hex(), bits.summary(value), bits.describe(value));
  }

  private static Field bytes(String name, int count) {
    return Field.of(name, Integer.toString(count), "zero bytes behind the quote");
  }

  static Field hex(String name, Octets value, String meaning) {
    return Field.of(name, value.hex(), meaning);
  }

  static Field number(String name, int value, String meaning) {
    return Field.of(name, Integer.toString(value), meaning);
  }
}
