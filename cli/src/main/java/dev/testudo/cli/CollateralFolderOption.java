package dev.testudo.cli;

import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.collateral.CollateralAdmission;
import dev.testudo.trust.collateral.CollateralFolder;
import dev.testudo.trust.collateral.ManufacturerVerifier;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/// The option of all commands about collateral: the folder.
final class CollateralFolderOption {
  @Option(
      names = "--dir",
      paramLabel = "DIR",
      required = true,
      description = "The folder with the documents.")
  private Path directory = Path.of("");

  /// Opens the folder, which must exist, to read it.
  CollateralFolder read() throws IOException {
    return CollateralFolder.read(directory);
  }

  /// Returns what decides whether documents may enter the folder. Creates the folder if it does not
  /// exist.
  ///
  /// @param roots whose signatures count
  CollateralAdmission admission(HardwareRoots roots, AllowOlderOption older) throws IOException {
    var folder = CollateralFolder.open(directory);
    var verifier = new ManufacturerVerifier(roots, folder::collateral);
    return new CollateralAdmission(folder, verifier, older.isGiven());
  }
}
