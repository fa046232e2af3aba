package dev.testudo.trust.audit;

import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.pki.DetachedSignature;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyHash;
import dev.testudo.trust.pki.PkiException;
import dev.testudo.trust.pki.PublicKeys;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.util.Base64;
import java.util.Optional;

/// The public keys of an audit log: the key of CAS, which clients pin, and the key that signs the
/// lines, which the key of CAS certifies.
///
/// @param cas the key of CAS
/// @param log the key of the lines; empty in lines of earlier versions, which CAS signed with its
///     own key
public record AuditKeys(PublicKey cas, Optional<Certified> log) {
  private static final byte[] CONTEXT =
      "testudo audit log key v1\n".getBytes(StandardCharsets.US_ASCII);

  /// A key that signs lines.
  ///
  /// @param signature the signature of the key of CAS, in base64
  public record Certified(PublicKey key, String signature) {}

  /// Certifies `log` by the key of `cas`.
  static AuditKeys certify(Identity cas, PublicKey log) {
    var publicKey = cas.certificate().getPublicKey();
    try {
      var signature = DetachedSignature.sign(cas.key(), publicKey, message(log));
      return new AuditKeys(
          publicKey,
          Optional.of(new Certified(log, Base64.getEncoder().encodeToString(signature))));
    } catch (PkiException e) {
      throw new IllegalStateException("signing with the key of CAS failed", e);
    }
  }

  private static byte[] message(PublicKey log) {
    var message = new ByteArrayOutputStream();
    message.writeBytes(CONTEXT);
    message.writeBytes(log.getEncoded());
    return message.toByteArray();
  }

  /// Returns the hash of the key of CAS.
  public KeyHash hash() {
    return KeyHash.of(cas);
  }

  /// Returns the key of the lines, if the key of CAS certifies it.
  Optional<PublicKey> verified() {
    return log.filter(this::isCertified).map(Certified::key);
  }

  private boolean isCertified(Certified one) {
    try {
      var signature = Base64.getDecoder().decode(one.signature());
      return DetachedSignature.verifies(cas, message(one.key()), signature);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /// Adds the keys to a line.
  public JsonBuilder put(JsonBuilder members) {
    members.put("key", base64(cas));
    log.ifPresent(
        one -> members.put("log_key", base64(one.key())).put("log_key_signature", one.signature()));
    return members;
  }

  private static String base64(PublicKey key) {
    return Base64.getEncoder().encodeToString(key.getEncoded());
  }

  /// Reads the keys from a line, if it has them.
  static Optional<AuditKeys> read(JsonMembers line) throws MessageException {
    var cas = key(line, "key");
    var log = key(line, "log_key");
    var signature = line.optionalText("log_key_signature");
    if (cas.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new AuditKeys(
            cas.get(),
            log.isPresent() && signature.isPresent()
                ? Optional.of(new Certified(log.get(), signature.get()))
                : Optional.empty()));
  }

  private static Optional<PublicKey> key(JsonMembers line, String name) throws MessageException {
    var text = line.optionalText(name);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(PublicKeys.fromDer(Base64.getDecoder().decode(text.get())));
    } catch (PkiException | IllegalArgumentException e) {
      throw line.wrong(name, "a public key");
    }
  }
}
