package dev.testudo.shield.tls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.shield.rule.Alpn;
import dev.testudo.shield.rule.ClientTls;
import dev.testudo.shield.rule.ExpectedServer;
import dev.testudo.shield.rule.PeerTrust;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An authority with constraints that a rule trusts.
class AuthorityConstraintsTest {
  private static final String AUTHORITY = "basicConstraints=critical,CA:TRUE";
  private static final String NO_AUTHORITY = "basicConstraints=CA:FALSE";
  private static final String SIGNS = "keyUsage=critical,keyCertSign";

  @TempDir Path directory;

  @BeforeEach
  void configure() throws Exception {
    Files.writeString(directory.resolve("req.cnf"), "[req]\ndistinguished_name=dn\n[dn]\n");
  }

  @Test
  void givesOnlyTheNamesThatItMayGive() throws Exception {
    var ca =
        issue(
            "ca",
            "ca",
            AUTHORITY,
            SIGNS,
            "nameConstraints=critical,permitted;DNS:inside.example,excluded;DNS:x.inside.example");
    assertEquals("a.inside.example", judge(ca, "a.inside.example", leaf("ca", "a.inside.example")));
    refuses(ca, "b.example", CertificateFault.FORBIDDEN_NAME, leaf("ca", "b.example"));
    refuses(
        ca, "x.inside.example", CertificateFault.FORBIDDEN_NAME, leaf("ca", "x.inside.example"));
    // Not even together with a name that it may give.
    refuses(
        ca,
        "b.example",
        CertificateFault.FORBIDDEN_NAME,
        leaf("ca", "a.inside.example,DNS:b.example"));
  }

  @Test
  void hasNoMoreAuthoritiesBelowItThanItMayHave() throws Exception {
    var leaf = "leaf.example";
    for (int permitted : List.of(0, 1)) {
      var ca = issue("ca", "ca", AUTHORITY + ",pathlen:" + permitted, SIGNS);
      assertEquals(leaf, judge(ca, leaf, leaf("ca", leaf)));
      var below = issue("below", "ca", AUTHORITY, SIGNS);
      var chain = List.of(leaf("below", leaf), below);
      if (permitted == 0) {
        refuses(ca, leaf, CertificateFault.TOO_MANY_AUTHORITIES, chain.getFirst(), below);
      } else {
        assertEquals(leaf, judge(ca, leaf, chain.getFirst(), below));
      }
    }
  }

  private void refuses(
      X509Certificate ca, String name, CertificateFault fault, X509Certificate... chain) {
    var refused = assertThrows(PeerRefused.class, () -> judge(ca, name, chain));
    assertEquals(fault, refused.fault(), refused.getMessage());
  }

  private static String judge(X509Certificate ca, String name, X509Certificate... chain)
      throws PeerRefused {
    var server = new ExpectedServer(name, new PeerTrust.IssuedBy(List.of(ca)));
    var tls = new ClientTls("CLIENT_1", Alpn.tcp(1, List.of()), Optional.empty(), server);
    return PeerVerifier.ofServer(tls, InstantSource.system()).orElseThrow().judge(List.of(chain));
  }

  private X509Certificate leaf(String issuer, String names) throws Exception {
    return issue("leaf", issuer, NO_AUTHORITY, "subjectAltName=DNS:" + names);
  }

  /// Issues a certificate with openssl, because the project's own authorities have no constraints.
  private X509Certificate issue(String name, String issuer, String... extensions)
      throws IOException, InterruptedException, CertificateException {
    var words = new ArrayList<>(List.of("openssl", "req", "-x509", "-batch", "-days", "2"));
    words.addAll(List.of("-config", "req.cnf", "-subj", "/CN=" + name, "-noenc"));
    words.addAll(List.of("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"));
    words.addAll(List.of("-keyout", name + ".key", "-out", name + ".pem"));
    if (!name.equals(issuer)) {
      words.addAll(List.of("-CA", issuer + ".pem", "-CAkey", issuer + ".key"));
    }
    for (var extension : extensions) {
      words.addAll(List.of("-addext", extension));
    }
    var process =
        new ProcessBuilder(words).directory(directory.toFile()).redirectErrorStream(true).start();
    var said = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(said);
    }
    try (InputStream pem = Files.newInputStream(directory.resolve(name + ".pem"))) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(pem);
    }
  }
}
