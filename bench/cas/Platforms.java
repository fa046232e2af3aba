import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.collateral.CollateralAdmission;
import dev.testudo.trust.collateral.CollateralFolder;
import dev.testudo.trust.collateral.ManufacturerVerifier;
import dev.testudo.trust.generator.IntelPlatformMaker;
import dev.testudo.trust.generator.QuoteMaker.Kind;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/// Makes a manufacturer like Intel with many TDX platforms, for `bench/cas/quotes`: `root.pem`,
/// the folder `collateral`, and `platforms` with a line of JSON for each platform: a quote and the
/// key (PKCS #8) that signs another one with other report data. Each platform has an attestation
/// key and a PCK certificate of its own.
///
/// Arguments: FOLDER COUNT. Its class path has the jars of an installation and the tests of
/// `trust`.
class Platforms {
  private static final int TDATTRIBUTES = 120;
  private static final String SEPT_VE_DISABLE = "0000001000000000";

  void main(String[] args) throws IOException {
    var folder = Path.of(args[0]);
    var now = Instant.now();
    var intel = platform(now);
    Files.write(folder.resolve("root.pem"), intel.rootPem());
    publish(intel, folder.resolve("collateral"), now);
    var lines = new ByteArrayOutputStream();
    for (var i = 0; i < Integer.parseInt(args[1]); i++) {
      var platform = platform(now);
      platform.pck().signedBy(intel.pckCa().key());
      platform.chain(List.of(platform.pck(), intel.pckCa(), intel.root()));
      var line =
          new JsonBuilder()
              .put("quote", platform.quoteBytes().base64())
              .put("key", Octets.of(platform.quote().attestationKey().pkcs8()).base64());
      lines.writeBytes(Json.write(line.build()));
      lines.write('\n');
    }
    Files.write(folder.resolve("platforms"), lines.toByteArray());
  }

  private static IntelPlatformMaker platform(Instant now) {
    var platform = IntelPlatformMaker.of(Kind.TDX_4).validAround(now);
    platform.quote().body(TDATTRIBUTES, SEPT_VE_DISABLE);
    return platform;
  }

  private static void publish(IntelPlatformMaker intel, Path collateral, Instant now)
      throws IOException {
    var verifier = new ManufacturerVerifier(intel.roots(), intel::collateral);
    var admission = new CollateralAdmission(CollateralFolder.open(collateral), verifier, false);
    for (var document : intel.documents().values()) {
      admission.admit(document, now);
    }
  }
}
