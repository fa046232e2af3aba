package dev.testudo.shield.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.policy.shield.TlsVersion;
import dev.testudo.trust.pki.Certificates;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.Pem;
import io.netty.internal.tcnative.CertificateVerifier;
import io.netty.internal.tcnative.SSL;
import io.netty.internal.tcnative.SSLContext;
import io.netty.internal.tcnative.SSLCredential;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// BoringSSL's `SSL_CTX` for the terms of one rule: versions, groups, key, certificates, ALPN.
///
/// Its native memory is freed when nothing refers to this object any more. Both the rule, whose
/// terms may be replaced while the shield runs, and each connection made under the terms refer
/// to it.
final class BoringContext {
  private static final Cleaner CLEANER = Cleaner.create();
  private static final int MAX_CHAIN = 10;
  private static final String[] GROUPS = {"X25519MLKEM768", "X25519", "P-256", "P-384"};

  /// Cipher suites for TLS 1.2 with foreign peers: forward secrecy and authenticated
  /// encryption only.
  private static final String OLDER_SUITES =
      "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256"
          + ":ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384"
          + ":ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

  private final long context;

  /// The verifications of handshakes in progress, by the address of their `SSL`.
  private final Map<Long, BoringVerification> verifications;

  /// The configuration of the context.
  ///
  /// @param role the end of the connections
  /// @param identity the identity of this end
  /// @param asksForCertificate whether the peer must show a certificate
  /// @param bond protocols and versions
  record Terms(TlsRole role, Optional<Identity> identity, boolean asksForCertificate, Bond bond) {}

  BoringContext(Terms terms) {
    var waiting = new ConcurrentHashMap<Long, BoringVerification>();
    verifications = waiting;
    try {
      context = SSLContext.make(versions(terms.bond().minimum()), mode(terms.role()));
    } catch (Exception e) {
      throw new IllegalStateException("BoringSSL cannot create a context", e);
    }
    long pointer = context;
    CLEANER.register(this, () -> SSLContext.free(pointer));
    try {
      configure(terms, waiting);
    } catch (Exception e) {
      throw new IllegalStateException(
          "BoringSSL does not accept these keys and certificates: " + e.getMessage(), e);
    }
  }

  private static int mode(TlsRole role) {
    return switch (role) {
      case CLIENT -> SSL.SSL_MODE_CLIENT;
      case SERVER -> SSL.SSL_MODE_SERVER;
    };
  }

  private static int versions(TlsVersion minimum) {
    return switch (minimum) {
      case TLS1_3 -> SSL.SSL_PROTOCOL_TLSV1_3;
      case TLS1_2 -> SSL.SSL_PROTOCOL_TLSV1_2 | SSL.SSL_PROTOCOL_TLSV1_3;
    };
  }

  private void configure(Terms terms, Map<Long, BoringVerification> waiting) throws Exception {
    SSLContext.setOptions(context, SSL.SSL_OP_NO_TICKET | SSL.SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSLContext.setSessionCacheMode(context, SSL.SSL_SESS_CACHE_OFF);
    if (!SSLContext.setCurvesList(context, GROUPS)) {
      throw new IllegalStateException("BoringSSL does not know the groups");
    }
    if (terms.identity().isPresent()) {
      show(terms.identity().get());
    }
    if (terms.bond().minimum() == TlsVersion.TLS1_2
        && !SSLContext.setCipherSuite(context, OLDER_SUITES, false)) {
      throw new IllegalStateException("BoringSSL does not know the suites");
    }
    SSLContext.setAlpnProtos(
        context,
        terms.bond().alpn().offers().toArray(String[]::new),
        SSL.SSL_SELECTOR_FAILURE_NO_ADVERTISE);
    int verify = terms.asksForCertificate() ? SSL.SSL_CVERIFY_REQUIRED : SSL.SSL_CVERIFY_NONE;
    SSLContext.setVerify(context, verify, MAX_CHAIN);
    SSLContext.setCertVerifyCallback(context, new Callback(waiting));
    SSLContext.setUseTasks(context, true); // verification runs when the engine asks for it
  }

  /// Called by the verification task that BoringSSL requests in the middle of a handshake.
  private static final class Callback extends CertificateVerifier {
    private final Map<Long, BoringVerification> waiting;

    Callback(Map<Long, BoringVerification> waiting) {
      this.waiting = waiting;
    }

    @Override
    public int verify(long ssl, byte[][] chain, String authAlgorithm) {
      var verification = Optional.ofNullable(waiting.get(ssl));
      return verification.isPresent() ? verification.get().judge(chain) : X509_V_ERR_CERT_REJECTED;
    }
  }

  private void show(Identity identity) throws Exception {
    var chain = new ArrayList<>(identity.chain());
    chain.addFirst(identity.certificate());
    var encoded = identity.key().getEncoded();
    var pem = Pem.write("PRIVATE KEY", encoded).getBytes(US_ASCII);
    long key = 0;
    long certificates = 0;
    long credential = 0;
    try {
      key = read(pem, bio -> SSL.parsePrivateKey(bio, null));
      certificates =
          read(Certificates.toPem(chain).getBytes(US_ASCII), bio -> SSL.parseX509Chain(bio));
      credential = SSLCredential.newX509();
      SSLCredential.setPrivateKey(credential, key);
      SSLCredential.setCertChain(credential, certificates);
      SSLContext.addCredential(context, credential);
    } finally {
      Arrays.fill(encoded, (byte) 0);
      Arrays.fill(pem, (byte) 0);
      // The context keeps its own references.
      if (credential != 0) {
        SSLCredential.free(credential);
      }
      if (certificates != 0) {
        SSL.freeX509Chain(certificates);
      }
      if (key != 0) {
        SSL.freePrivateKey(key);
      }
    }
  }

  private interface Parser {
    long parse(long bio) throws Exception;
  }

  private static long read(byte[] pem, Parser parser) throws Exception {
    var bytes = ByteBuffer.allocateDirect(pem.length).put(pem);
    long bio = SSL.newMemBIO();
    try {
      if (SSL.bioWrite(bio, BoringNative.address(bytes), pem.length) != pem.length) {
        throw new IllegalStateException("BoringSSL is out of memory");
      }
      return parser.parse(bio);
    } finally {
      SSL.freeBIO(bio);
      bytes.clear().put(new byte[pem.length]);
    }
  }

  /// Returns a new `SSL`, which the caller frees after [#forget].
  long newSsl(TlsRole role, BoringVerification verification) {
    long ssl = SSL.newSSL(context, role == TlsRole.SERVER);
    verifications.put(ssl, verification);
    return ssl;
  }

  /// Ends the verifications for `ssl`.
  void forget(long ssl) {
    verifications.remove(ssl);
  }
}
