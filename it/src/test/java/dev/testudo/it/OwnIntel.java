package dev.testudo.it;

import dev.testudo.trust.collateral.CollateralAdmission;
import dev.testudo.trust.collateral.CollateralFolder;
import dev.testudo.trust.collateral.ManufacturerVerifier;
import dev.testudo.trust.generator.IntelPlatformMaker;
import dev.testudo.trust.generator.QuoteMaker.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/// Somebody who plays Intel, a TDX platform that is valid today, and a folder for what is published
/// about it.
///
/// @param now an instant at which everything is valid
record OwnIntel(IntelPlatformMaker platform, Instant now, Path root, Path collateral) {
  private static final int TDATTRIBUTES = 120;
  private static final String SEPT_VE_DISABLE = "0000001000000000";

  static OwnIntel in(Path folder) throws IOException {
    var now = Instant.now();
    var platform = IntelPlatformMaker.of(Kind.TDX_5_15).validAround(now);
    platform.quote().body(TDATTRIBUTES, SEPT_VE_DISABLE);
    var root = Files.write(folder.resolve("root.pem"), platform.rootPem());
    return new OwnIntel(platform, now, root, folder.resolve("collateral"));
  }

  /// Stores everything that is published.
  void publish() throws IOException {
    var verifier = new ManufacturerVerifier(platform.roots(), platform::collateral);
    var admission = new CollateralAdmission(CollateralFolder.open(collateral), verifier, false);
    for (var document : platform.documents().values()) {
      admission.admit(document, now);
    }
  }

  /// Starts a CAS that trusts this root in tests, and fetches nothing.
  RunningCas cas(Path state) throws IOException {
    return RunningCas.start(
        state,
        0,
        List.of(
            "--test-root",
            root.toString(),
            "--collateral",
            collateral.toString(),
            "--collateral-offline"));
  }
}
