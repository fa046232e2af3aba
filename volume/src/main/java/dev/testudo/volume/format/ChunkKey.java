package dev.testudo.volume.format;

import dev.testudo.trust.secret.Secret;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.Serial;
import javax.crypto.SecretKey;

/// A derived key for the JDK's ciphers, which ask for a copy each time and wipe it.
public final class ChunkKey implements SecretKey, AutoCloseable {
  @Serial private static final long serialVersionUID = 1L;

  private final transient Secret bytes;

  /// Takes ownership of `bytes`.
  public ChunkKey(Secret bytes) {
    this.bytes = bytes;
  }

  @Override
  public String getAlgorithm() {
    return "AES";
  }

  @Override
  public String getFormat() {
    return "RAW";
  }

  @Override
  public byte[] getEncoded() {
    return bytes.reveal(byte[]::clone);
  }

  @Override
  public void close() {
    bytes.close();
  }

  @Override
  public String toString() {
    return "ChunkKey";
  }

  @Serial
  private void writeObject(ObjectOutputStream out) throws NotSerializableException {
    throw new NotSerializableException("a key");
  }
}
