package dev.testudo.cli.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.files.PrivateFiles;
import dev.testudo.image.signature.SignatureKey;
import dev.testudo.trust.files.Owned;
import dev.testudo.trust.pki.KeyAlgorithm;
import dev.testudo.trust.pki.PkiException;
import dev.testudo.trust.pki.PrivateKeyEncryption;
import dev.testudo.trust.pki.PrivateKeys;
import dev.testudo.trust.pki.PublicKeys;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;

/// The keys that sign images, in PEM files: the private key in one that only its owner can read,
/// which a passphrase may encrypt, and the public key beside it.
public final class ImageKeys {
  private static final int MAX_FILE = 64 << 10;
  private static final int LEAST_PASSPHRASE = 12;
  private static final int MOST_PASSPHRASE = 1024;

  private ImageKeys() {}

  /// Generates a key in `file`, and writes its public key to `FILE.pub`.
  ///
  /// @throws CommandFailed if one of the files exists
  public static SignatureKey generate(Path file, Optional<Secret> passphrase)
      throws IOException, CommandFailed {
    var publicFile = publicFile(file);
    for (var each : new Path[] {file, publicFile}) {
      if (Files.exists(each, LinkOption.NOFOLLOW_LINKS)) {
        throw CommandFailed.input("%s exists already; name another file".formatted(each));
      }
    }
    var random = new SecureRandom();
    var pair = KeyAlgorithm.P_256.generate(random);
    try {
      var key = SignatureKey.of(pair.getPrivate(), pair.getPublic());
      var pem =
          passphrase.isPresent()
              ? PrivateKeyEncryption.toPem(
                  key.privateKey(), key.publicKey(), passphrase.get(), random)
              : PrivateKeys.toPem(key.privateKey(), key.publicKey());
      PrivateFiles.replace(file, pem);
      Files.writeString(publicFile, PublicKeys.toPem(key.publicKey()));
      return key;
    } catch (PkiException e) {
      throw CommandFailed.input("no key is made: " + e.getMessage());
    }
  }

  /// Returns where the public key of a key is.
  public static Path publicFile(Path file) {
    return file.resolveSibling(file.getFileName() + ".pub");
  }

  /// Reads the key in `file`.
  ///
  /// @throws CommandFailed if there is none, it is encrypted and there is no passphrase or a wrong
  ///     one, or it is of another kind
  /// @throws IOException if others can read the file
  public static SignatureKey read(Path file, Optional<Secret> passphrase)
      throws IOException, CommandFailed {
    if (!Files.exists(file)) {
      throw CommandFailed.environment(
          "there is no key %s; make one with `testudo image keygen %s`".formatted(file, file));
    }
    Owned.requireSecret(file.toRealPath());
    try {
      var text = text(file);
      var encrypted = PrivateKeyEncryption.isEncrypted(text);
      if (encrypted && passphrase.isEmpty()) {
        throw CommandFailed.usage(
            "%s is encrypted; name the file with its passphrase".formatted(file));
      }
      var key =
          encrypted
              ? PrivateKeyEncryption.fromPem(text, passphrase.orElseThrow())
              : PrivateKeys.fromPem(text);
      return SignatureKey.of(key, PrivateKeys.publicKeyOf(key));
    } catch (PkiException e) {
      throw CommandFailed.environment(
          "%s is not a key that signs images: %s".formatted(file, e.getMessage()));
    }
  }

  /// Reads the public key in `file`.
  ///
  /// @throws CommandFailed if there is none, or one of another kind
  public static PublicKey readPublic(Path file) throws IOException, CommandFailed {
    if (!Files.exists(file)) {
      throw CommandFailed.environment("there is no public key %s".formatted(file));
    }
    try {
      var key = PublicKeys.fromPem(text(file));
      SignatureKey.requireSupported(key);
      return key;
    } catch (PkiException e) {
      throw CommandFailed.environment(
          "%s is not a public key for signatures of images: %s".formatted(file, e.getMessage()));
    }
  }

  private static String text(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return new String(in.readNBytes(MAX_FILE), UTF_8);
    }
  }

  /// Reads a passphrase: the first line of `file`.
  ///
  /// @throws CommandFailed if it is too short or too long
  /// @throws IOException if it cannot be read, or others can read it
  public static Secret passphrase(Path file) throws IOException, CommandFailed {
    if (!Files.exists(file)) {
      throw CommandFailed.environment("there is no passphrase file %s".formatted(file));
    }
    Owned.requireSecret(file.toRealPath());
    byte[] bytes;
    try (var in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MOST_PASSPHRASE + 2);
    }
    var end = 0;
    while (end < bytes.length && bytes[end] != '\n' && bytes[end] != '\r') {
      end++;
    }
    var line = Arrays.copyOf(bytes, end);
    Arrays.fill(bytes, (byte) 0);
    if (end < LEAST_PASSPHRASE || end > MOST_PASSPHRASE) {
      Arrays.fill(line, (byte) 0);
      throw CommandFailed.input(
          "the passphrase in %s must have %d to %d characters"
              .formatted(file, LEAST_PASSPHRASE, MOST_PASSPHRASE));
    }
    return Secret.taking(line);
  }
}
