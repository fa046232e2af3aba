package dev.testudo.cas;

import dev.testudo.cas.attestation.Attestation;
import dev.testudo.cas.audit.AuditEvent;
import dev.testudo.cas.audit.AuditLog;
import dev.testudo.cas.http.HttpFront;
import dev.testudo.cas.http.Routes;
import dev.testudo.cas.issue.Catalog;
import dev.testudo.cas.issue.SecretKeeper;
import dev.testudo.cas.session.PublicValues;
import dev.testudo.cas.session.Sessions;
import dev.testudo.cas.store.StateDirectory;
import dev.testudo.cas.store.Store;
import dev.testudo.cas.store.StoreException;
import dev.testudo.trust.pki.CertificateAuthority;
import dev.testudo.trust.pki.CertificateProfile;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyAlgorithm;
import dev.testudo.trust.pki.KeyHash;
import dev.testudo.trust.pki.PkiException;
import dev.testudo.trust.pki.Validity;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/// A running CAS.
public final class CasServer implements AutoCloseable {
  /// The version it tells.
  public static final String VERSION = "0.1.0";

  private static final String IDENTITY = "tls-identity";

  private final Deque<AutoCloseable> parts;
  private final InetSocketAddress address;
  private final KeyHash keyHash;

  private CasServer(Deque<AutoCloseable> parts, InetSocketAddress address, KeyHash keyHash) {
    this.parts = parts;
    this.address = address;
    this.keyHash = keyHash;
  }

  /// Opens the state and serves. Its key and everything it holds are made on first use and kept.
  public static CasServer start(CasOptions options) throws IOException {
    var parts = new ArrayDeque<AutoCloseable>();
    try {
      return start(options, parts);
    } catch (IOException | RuntimeException e) {
      try {
        closeAll(parts);
      } catch (IOException more) {
        e.addSuppressed(more);
      }
      throw e;
    }
  }

  private static CasServer start(CasOptions options, Deque<AutoCloseable> parts)
      throws IOException {
    var random = options.random();
    var directory = StateDirectory.open(options.state(), random);
    parts.push(directory);
    var store = Store.open(directory, random);
    parts.push(store);
    var audit = AuditLog.open(directory.path().resolve("audit.jsonl"), options.clock());
    parts.push(audit);
    var identity = identity(store, options);
    audit.append(new AuditEvent.Started(VERSION, identity.keyHash().text()));
    var catalog = new Catalog();
    var keeper = new SecretKeeper(catalog, random, options.clock());
    var routes =
        new Routes(
            new Sessions(store, catalog, keeper, audit),
            new PublicValues(store, catalog, keeper),
            new Attestation(store, catalog, keeper, audit, random, options.clock()),
            VERSION);
    var front = HttpFront.start(options.listen(), identity, routes);
    parts.push(front);
    var address = new InetSocketAddress(options.listen().getAddress(), front.port());
    return new CasServer(parts, address, identity.keyHash());
  }

  /// Clients pin this key, so it is made once and kept.
  private static Identity identity(Store store, CasOptions options) throws IOException {
    return store.transact(
        transaction -> {
          var stored = transaction.setting(IDENTITY);
          if (stored.isPresent()) {
            return read(stored.get());
          }
          var made =
              CertificateAuthority.selfSigned(
                  CertificateProfile.EndEntity.server("cas.testudo.internal", "localhost"),
                  KeyAlgorithm.P_256.generate(options.random()),
                  Validity.since(options.clock().instant()),
                  options.random());
          try (var pem = made.toPem()) {
            transaction.addSetting(IDENTITY, pem.reveal(byte[]::clone));
          }
          return made;
        });
  }

  private static Identity read(byte[] pem) throws StoreException {
    try {
      return Identity.fromPem(new String(pem, StandardCharsets.US_ASCII));
    } catch (PkiException e) {
      throw new StoreException("the stored key of CAS cannot be read", e);
    }
  }

  /// Where it listens.
  public InetSocketAddress address() {
    return address;
  }

  /// The key that clients pin.
  public KeyHash keyHash() {
    return keyHash;
  }

  /// Stops serving and lets another process use the state.
  @Override
  public void close() throws IOException {
    closeAll(parts);
  }

  private static void closeAll(Deque<AutoCloseable> parts) throws IOException {
    IOException failure = null;
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        var wrapped = new IOException("CAS did not stop cleanly: " + e.getMessage(), e);
        if (failure == null) {
          failure = wrapped;
        } else {
          failure.addSuppressed(wrapped);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
