package dev.testudo.trust.attest.context;

import dev.testudo.policy.evidence.Root;
import dev.testudo.trust.attest.context.HardwareRoots.AmdRoot;
import dev.testudo.trust.attest.context.HardwareRoots.IntelRoot;
import dev.testudo.trust.attest.evidence.Octets;
import java.util.List;

/// The roots of the manufacturers.
final class VendorRoots {
  static final HardwareRoots ALL =
      new HardwareRoots(
          List.of(
              // Intel SGX Root CA, certificates until 2033 and 2049
              intel(
                  "0ba9c4c0c0c86193a3fe23d6b02cda10a8bbd4e88e48b4458561a36e705525f5"
                      + "67918e2edc88e40d860bd0cc4ee26aacc988e505a953558c453f6b0904ae7394")),
          List.of(
              amd("Milan", "69d063b45344d26a2e94e1f4210de49ef555308287d4c174445c95639a540bcd"),
              amd("Genoa", "4c6598d19c18719c5dfd4a7d335f674e5bfe1d8f800cea2cf270c10d103db2f1"),
              amd("Turin", "1f084161a44bb6d93778a904877d4819cafa5d05ef4193b2ded9dd9c73dd3f6a")));

  private VendorRoots() {}

  private static IntelRoot intel(String point) {
    return new IntelRoot(Octets.ofHex(point), Root.VENDOR);
  }

  private static AmdRoot amd(String product, String sha256) {
    return new AmdRoot(product, Octets.ofHex(sha256), Root.VENDOR);
  }
}
