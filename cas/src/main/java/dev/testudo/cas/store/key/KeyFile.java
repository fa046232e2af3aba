package dev.testudo.cas.store.key;

import dev.testudo.cas.store.database.StoreException;
import dev.testudo.cas.store.database.StoreException.Reason;
import dev.testudo.trust.files.Owned;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.Set;

/// A master key of 256 bits in a file.
public final class KeyFile implements MasterKey {
  /// The name of the generated key in a state directory.
  public static final String NAME = "seal.key";

  private static final String METHOD = "key";

  private final Path file;
  private final Custody custody;

  /// Who generates and protects the file.
  private enum Custody {
    /// CAS generates it in its state directory.
    GENERATED,
    /// The operator generates it; nobody else may read it.
    GIVEN,
    /// The service manager places it in a directory that only this service can read.
    CREDENTIAL
  }

  private KeyFile(Path file, Custody custody) {
    this.file = file;
    this.custody = custody;
  }

  /// Returns the key in the state directory `directory`, which is generated for a new store.
  public static MasterKey in(Path directory) {
    return new KeyFile(directory.resolve(NAME), Custody.GENERATED);
  }

  /// Returns the key in `file`, which must exist, with mode 0600.
  public static MasterKey given(Path file) {
    return new KeyFile(file, Custody.GIVEN);
  }

  /// Returns the key in a credential of the service manager (systemd.exec(5)). The service manager
  /// decides who can read it, so CAS does not check its owner.
  public static MasterKey credential(Path file) {
    return new KeyFile(file, Custody.CREDENTIAL);
  }

  @Override
  public String method() {
    return METHOD;
  }

  @Override
  public WrappedKey wrap(Secret sealKey, SecureRandom random) throws IOException {
    if (custody == Custody.GENERATED && !Files.exists(file)) {
      generate(random);
    }
    try (var key = read()) {
      return Wrapping.wrap(METHOD, "", key, sealKey, random);
    }
  }

  @Override
  public Secret unwrap(WrappedKey wrapped) throws IOException {
    try (var key = read()) {
      return Wrapping.unwrap(
          wrapped,
          key,
          "%s is not the key of this store; use the file of this store".formatted(file));
    }
  }

  @Override
  public Optional<Secret> sealKeyOfFormat3() throws IOException {
    return Optional.of(read());
  }

  private Secret read() throws IOException {
    if (!Files.exists(file)) {
      throw new StoreException(
          Reason.NO_KEY,
          "%s is missing; the content of the store cannot be read without it".formatted(file));
    }
    try {
      if (custody != Custody.CREDENTIAL) {
        Owned.requireSecret(file);
      }
      try (var in = Files.newInputStream(file)) {
        var key = Secret.taking(in.readNBytes(Wrapping.KEY_BYTES + 1));
        if (key.length() != Wrapping.KEY_BYTES) {
          key.close();
          throw new StoreException(
              "%s is not a key of %d bytes; `openssl rand -out FILE 32` generates one"
                  .formatted(file, Wrapping.KEY_BYTES));
        }
        return key;
      }
    } catch (StoreException e) {
      throw e;
    } catch (IOException e) {
      throw new StoreException(String.valueOf(e.getMessage()), e);
    }
  }

  /// Creates the key atomically: it exists completely or not at all, even if the
  /// process dies meanwhile.
  private void generate(SecureRandom random) throws IOException {
    var draft = file.resolveSibling(NAME + ".new");
    Files.deleteIfExists(draft);
    var key = new byte[Wrapping.KEY_BYTES];
    random.nextBytes(key);
    var ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    try (var secret = Secret.taking(key);
        var out =
            FileChannel.open(
                draft,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                ownerOnly)) {
      var buffer = ByteBuffer.wrap(key, 0, secret.length());
      while (buffer.hasRemaining()) {
        out.write(buffer);
      }
      out.force(true);
    }
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    try (var directory = FileChannel.open(file.resolveSibling("."), StandardOpenOption.READ)) {
      directory.force(true);
    }
  }
}
