package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.image.ImageKeys;
import dev.testudo.cli.image.ImagePlaces;
import dev.testudo.cli.image.ImageSigner;
import dev.testudo.cli.image.SignatureIdentity;
import dev.testudo.image.layout.ImageLocation;
import dev.testudo.policy.manifest.Build;
import dev.testudo.policy.source.Text;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of commands that make images and sign them.
final class SigningOptions {
  /// The key of a manifest that is signed and names none, beside the manifest (SCONE's default).
  private static final String USUAL_KEY = "target/identity.pem";

  @Option(
      names = "--sign-key",
      paramLabel = "FILE",
      description = "Signs the image with this key, see `testudo image keygen`.")
  private @Nullable Path key;

  @Option(
      names = "--sign-passphrase-file",
      paramLabel = "FILE",
      description = "A file with the passphrase of the key in its first line, mode 0600.")
  private @Nullable Path passphrase;

  @Option(
      names = "--sign-identity",
      paramLabel = "REPOSITORY",
      description =
          "The repository for which the signature is valid (default: that of the image in its registry).")
  private @Nullable String identity;

  /// Returns true if one of the options is given.
  boolean isGiven() {
    return key != null || passphrase != null || identity != null;
  }

  /// Reads the key, so that a mistake is found before anything is made.
  ///
  /// @param name the place by which the image is known
  /// @param target where it goes for now
  /// @return empty if the image is not to be signed
  Optional<ImageSigner> signer(ImageLocation name, ImageLocation target)
      throws IOException, CommandFailed {
    return signer(key, name, target);
  }

  /// Reads the key that a manifest names, unless the user names another one. If the manifest names
  /// none and the usual one is not there, it is generated.
  ///
  /// @param signature what the manifest says
  /// @param folder the folder of the manifest
  /// @param notes is told if a key is generated
  Optional<ImageSigner> signer(
      Optional<Build.Signature> signature,
      Path folder,
      PrintStream notes,
      ImageLocation name,
      ImageLocation target)
      throws IOException, CommandFailed {
    if (key != null || signature.filter(Build.Signature::sign).isEmpty()) {
      return signer(key, name, target);
    }
    var named = signature.get().key();
    var file = folder.resolve(named.map(Text::value).orElse(USUAL_KEY));
    if (named.isEmpty() && !Files.exists(file)) {
      Files.createDirectories(file.resolveSibling("."));
      ImageKeys.generate(file, Optional.empty());
      notes.println("testudo: generated the key %s, which signs images".formatted(file));
    }
    return signer(file, name, target);
  }

  private Optional<ImageSigner> signer(@Nullable Path key, ImageLocation name, ImageLocation target)
      throws IOException, CommandFailed {
    if (key == null) {
      if (passphrase != null || identity != null) {
        throw CommandFailed.usage("nothing is signed without --sign-key");
      }
      return Optional.empty();
    }
    ImagePlaces.requireStore(target);
    Optional<Secret> secret =
        passphrase == null
            ? Optional.empty()
            : Optional.of(
                ImageKeys.passphrase(CasClientOptions.given("--sign-passphrase-file", passphrase)));
    var repository = SignatureIdentity.of(name, Optional.ofNullable(identity));
    var signer = ImageKeys.read(CasClientOptions.given("--sign-key", key), secret);
    return Optional.of(new ImageSigner(signer, repository));
  }
}
