package dev.testudo.cas.store.key;

import dev.testudo.cas.store.database.StoreException;
import dev.testudo.cas.store.database.StoreException.Reason;
import dev.testudo.trust.files.Owned;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.pki.Argon2id;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// A master key that Argon2id derives from a passphrase. The passphrase comes from a file, which
/// may be a descriptor such as `/dev/fd/3`, so it is never an argument. It is read once.
public final class Passphrase implements MasterKey {
  private static final String METHOD = "passphrase";
  private static final int LEAST = 12;
  private static final int MOST = 1024;
  private static final int SALT_BYTES = 16;
  private static final int MOST_PARAMETERS = 1024;

  private final Path file;
  private @Nullable Secret read;

  /// Creates a master key from the first line of `file`. A regular file must have mode 0600.
  public Passphrase(Path file) {
    this.file = file;
  }

  @Override
  public String method() {
    return METHOD;
  }

  @Override
  public WrappedKey wrap(Secret sealKey, SecureRandom random) throws IOException {
    var salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    var cost = Argon2id.Cost.USUAL;
    var parameters =
        new JsonBuilder()
            .put("salt", HexFormat.of().formatHex(salt))
            .put("memory_kib", cost.memoryKib())
            .put("passes", cost.passes())
            .put("lanes", cost.lanes());
    try (var key = Argon2id.derive(passphrase(), salt, cost)) {
      return Wrapping.wrap(METHOD, Json.writeText(parameters.build()), key, sealKey, random);
    }
  }

  @Override
  public Secret unwrap(WrappedKey wrapped) throws IOException {
    try (var key = derive(wrapped)) {
      return Wrapping.unwrap(
          wrapped, key, "the passphrase in %s is not the one of this store".formatted(file));
    }
  }

  private Secret derive(WrappedKey wrapped) throws IOException {
    try {
      var text = wrapped.parameters().getBytes(StandardCharsets.UTF_8);
      var fields = JsonMembers.read(text, MOST_PARAMETERS, "parameters of the passphrase");
      var salt = HexFormat.of().parseHex(fields.text("salt"));
      var cost =
          Argon2id.Cost.of(
              fields.natural("memory_kib"), fields.natural("passes"), fields.natural("lanes"));
      fields.done();
      return Argon2id.derive(passphrase(), salt, cost);
    } catch (StoreException e) {
      throw e;
    } catch (IOException | IllegalArgumentException e) {
      throw new StoreException(
          Reason.CHANGED_VALUE,
          "the store was changed: the parameters of its passphrase are damaged");
    }
  }

  @Override
  public synchronized void close() {
    if (read != null) {
      read.close();
    }
  }

  private synchronized Secret passphrase() throws StoreException {
    var known = read;
    if (known == null) {
      known = load();
      read = known;
    }
    return known;
  }

  private Secret load() throws StoreException {
    byte[] bytes;
    try {
      if (Files.isRegularFile(file) && !isDescriptor()) {
        Owned.requireSecret(file);
      }
      bytes = firstLine();
    } catch (NoSuchFileException e) {
      throw new StoreException(Reason.NO_KEY, "the passphrase file %s is missing".formatted(file));
    } catch (IOException e) {
      throw new StoreException("the passphrase cannot be read: " + e.getMessage(), e);
    }
    var line = Secret.taking(bytes);
    if (line.length() < LEAST || line.length() > MOST) {
      line.close();
      throw new StoreException(
          "the passphrase in %s must have %d to %d bytes".formatted(file, LEAST, MOST));
    }
    return line;
  }

  /// Reads until the end of the line, so that whoever writes to a pipe need not close it.
  ///
  /// @return the line without its end, cut after one byte too many
  private byte[] firstLine() throws IOException {
    var bytes = new byte[MOST + 2];
    var length = 0;
    try (var in = Files.newInputStream(file)) {
      for (var next = in.read(); next >= 0 && next != '\n' && length < bytes.length; ) {
        bytes[length++] = (byte) next;
        next = in.read();
      }
    }
    if (length > 0 && bytes[length - 1] == '\r') {
      length--;
    }
    var line = Arrays.copyOf(bytes, length);
    Arrays.fill(bytes, (byte) 0);
    return line;
  }

  /// Returns true if the file is a descriptor that the parent process opened.
  private boolean isDescriptor() {
    return file.startsWith("/dev/fd") || file.startsWith("/proc/self/fd");
  }
}
