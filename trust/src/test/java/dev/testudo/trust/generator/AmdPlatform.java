package dev.testudo.trust.generator;

import static dev.testudo.trust.generator.SnpReportBuilder.CHIP_ID;
import static dev.testudo.trust.generator.SnpReportBuilder.COMMITTED_TCB;
import static dev.testudo.trust.generator.SnpReportBuilder.CPUID;
import static dev.testudo.trust.generator.SnpReportBuilder.CURRENT_TCB;
import static dev.testudo.trust.generator.SnpReportBuilder.KEY_INFO;
import static dev.testudo.trust.generator.SnpReportBuilder.LAUNCH_TCB;
import static dev.testudo.trust.generator.SnpReportBuilder.REPORTED_TCB;

import dev.testudo.policy.evidence.Root;
import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.attest.context.HardwareRoots.AmdRoot;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.pki.Pem;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A platform with SEV-SNP whose keys are ours: the chain of its certificates, and a guest's
/// report. Everything fits together until a test changes one part.
///
/// Each part is built anew when it is asked for. The keys are the same in the whole process.
public final class AmdPlatform {
  /// The generations.
  public enum Product {
    MILAN("Milan", "190101", "0300000000000873"),
    GENOA("Genoa", "191101", "0a00000000001754"),
    TURIN("Turin", "1a0201", "0102030400000009");

    private final String text;
    private final String cpuid;
    private final String tcb;

    Product(String text, String cpuid, String tcb) {
      this.text = text;
      this.cpuid = cpuid;
      this.tcb = tcb;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  public static final String CHIP = "c0ffee01".repeat(16);
  public static final String CHIP_OF_TURIN = "c0ffee0102030405";
  public static final String EXTENSIONS = "1.3.6.1.4.1.3704.1.";
  public static final long ASK_SERIAL = 0x1_0001;
  public static final String PROVIDER = "CN=cloud.example";

  private static final String[] ARCS = {"1", "2", "4", "5", "6", "7", "3", "8"};
  private static final String[] ARCS_OF_TURIN = {"9", "1", "2", "3", "5", "6", "7", "8"};
  private static final int MASKED = 0;

  private final Product product;
  private final boolean isVlek;
  private final AmdCertificateBuilder root;
  private final AmdCertificateBuilder intermediate;
  private final AmdCertificateBuilder leaf;
  private final SnpReportBuilder report = new SnpReportBuilder();

  private AmdPlatform(Product product, boolean isVlek) {
    this.product = product;
    this.isVlek = isVlek;
    var rootName = "ARK-" + product;
    var authority = (isVlek ? "SEV-VLEK-" : "SEV-") + product;
    root =
        new AmdCertificateBuilder(
                rootName, AmdKeys.root().getPublic(), rootName, AmdKeys.root().getPrivate())
            .serial(ASK_SERIAL - 1)
            .authority();
    intermediate =
        new AmdCertificateBuilder(
                authority,
                AmdKeys.intermediate().getPublic(),
                rootName,
                AmdKeys.root().getPrivate())
            .serial(ASK_SERIAL)
            .authority();
    leaf =
        new AmdCertificateBuilder(
            isVlek ? "SEV-VLEK" : "SEV-VCEK",
            AmdKeys.leaf().getPublic(),
            authority,
            AmdKeys.intermediate().getPrivate());
    certify();
    report();
  }

  /// Returns a platform that signs with the key of its chip.
  public static AmdPlatform vcek(Product product) {
    return new AmdPlatform(product, false);
  }

  /// Returns a platform that signs with the key of a cloud provider.
  public static AmdPlatform vlek(Product product) {
    return new AmdPlatform(product, true);
  }

  private void certify() {
    leaf.extension(EXTENSIONS + "1", DerWriter.integer(0))
        .extension(EXTENSIONS + "2", DerWriter.ia5(product.toString()));
    var arcs = product == Product.TURIN ? ARCS_OF_TURIN : ARCS;
    for (var i = 0; i < arcs.length; i++) {
      var version = Octets.ofHex(product.tcb).u8(i);
      leaf.extension(EXTENSIONS + "3." + arcs[i], DerWriter.integer(version));
    }
    if (isVlek) {
      leaf.extension(EXTENSIONS + "5", DerWriter.ia5(PROVIDER));
    } else {
      leaf.extension(EXTENSIONS + "4", Octets.ofHex(chip()).toBytes());
    }
  }

  private void report() {
    for (var at : List.of(CURRENT_TCB, REPORTED_TCB, COMMITTED_TCB, LAUNCH_TCB)) {
      report.hex(at, product.tcb);
    }
    report.hex(CPUID, product.cpuid);
    if (isVlek) {
      report.number(KEY_INFO, 1 << 2, 4).number(CHIP_ID, MASKED, 8);
    } else {
      report.hex(CHIP_ID, chip());
    }
  }

  /// Returns the id of the chip in hexadecimal.
  public String chip() {
    return product == Product.TURIN ? CHIP_OF_TURIN : CHIP;
  }

  /// Returns the certificate ARK, to be changed.
  public AmdCertificateBuilder root() {
    return root;
  }

  /// Returns the certificate ASK or ASVK, to be changed.
  public AmdCertificateBuilder intermediate() {
    return intermediate;
  }

  /// Returns the certificate VCEK or VLEK, to be changed.
  public AmdCertificateBuilder leaf() {
    return leaf;
  }

  /// Returns the report, to be changed.
  public SnpReportBuilder guest() {
    return report;
  }

  /// Returns an empty revocation list of the root, to be changed.
  public AmdCrlBuilder crl() {
    return new AmdCrlBuilder("ARK-" + product, AmdKeys.root().getPrivate());
  }

  /// Returns the report, signed.
  public Octets signedReport() {
    return report.build(AmdKeys.leaf().getPrivate());
  }

  /// Returns the certificate table with all certificates.
  public Octets table() {
    return new CertificateTableBuilder()
        .add(isVlek ? CertificateTableBuilder.VLEK : CertificateTableBuilder.VCEK, leaf.build())
        .add(CertificateTableBuilder.ASK, intermediate.build())
        .add(CertificateTableBuilder.ARK, root.build())
        .build();
  }

  /// Returns all certificates in PEM, the leaf in the middle.
  public Octets pem() {
    var text = new StringBuilder();
    for (var certificate : List.of(root, leaf, intermediate)) {
      text.append(Pem.write("CERTIFICATE", certificate.build().toBytes()));
    }
    return Octets.of(text.toString().getBytes(StandardCharsets.US_ASCII));
  }

  /// Returns the root as one for tests.
  public HardwareRoots roots() {
    var hash = Octets.of(Measurement.sha256().digest(root.build().toBytes()));
    return new HardwareRoots(List.of(), List.of(new AmdRoot(product.toString(), hash, Root.TEST)));
  }
}
