package dev.testudo.image.registry.http;

import dev.testudo.trust.jsse.TlsContext;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.PkiException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// Certificates per host as Docker and podman keep them (containers-certs.d(5)): in the first of
/// the directories that has a folder `HOST[:PORT]`, each `*.crt` is a further authority for that
/// host, and `NAME.cert` with `NAME.key` is a client certificate. The authorities of the machine
/// count for every host.
///
/// @param directories the directories `certs.d`, the most important first
/// @param system files with the authorities of the machine in PEM; the first that exists counts,
///     and the JDK's own if none does
public record HostCertificates(List<Path> directories, List<Path> system) {
  /// A context that trusts nobody.
  static final SSLContext NO_TLS =
      TlsContext.of(
          Optional.empty(),
          chain -> {
            throw new CertificateException("TLS is not used here");
          });

  private static final int MAX_FILE = 1 << 20;
  private static final int MAX_FILES = 64;

  public HostCertificates {
    directories = List.copyOf(directories);
    system = List.copyOf(system);
  }

  /// Returns true if certificates are kept for `HOST[:PORT]`, so it speaks TLS.
  public boolean has(String authority) {
    return folder(authority).isPresent();
  }

  /// Returns the TLS context for connections to `HOST[:PORT]`.
  ///
  /// @throws IOException if a file cannot be read or used; the message names it
  SSLContext contextFor(String authority) throws IOException {
    var files = folder(authority).isPresent() ? files(folder(authority).get()) : List.<Path>of();
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(identity(files), trust(files).getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("the certificates for `%s` cannot be used".formatted(authority), e);
    }
  }

  private Optional<Path> folder(String authority) {
    return directories.stream()
        .map(directory -> directory.resolve(authority))
        .filter(Files::isDirectory)
        .findFirst();
  }

  private static List<Path> files(Path folder) throws IOException {
    try (var list = Files.list(folder)) {
      var files = list.sorted().limit(MAX_FILES + 1L).toList();
      if (files.size() > MAX_FILES) {
        throw new IOException("`%s` has more than %d files".formatted(folder, MAX_FILES));
      }
      return files;
    }
  }

  private TrustManagerFactory trust(List<Path> files) throws IOException, GeneralSecurityException {
    var store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    for (var authority : machine()) {
      store.setCertificateEntry("machine-" + store.size(), authority);
    }
    for (var file : files) {
      if (file.toString().endsWith(".crt")) {
        for (var authority : certificates(file)) {
          store.setCertificateEntry("own-" + store.size(), authority);
        }
      }
    }
    return factory(store);
  }

  private Collection<? extends Certificate> machine() throws IOException, GeneralSecurityException {
    var file = system.stream().filter(Files::isRegularFile).findFirst();
    if (file.isPresent()) {
      return certificates(file.get());
    }
    var all = new ArrayList<Certificate>();
    for (var manager : factory(null).getTrustManagers()) {
      if (manager instanceof X509TrustManager x509) {
        all.addAll(List.of(x509.getAcceptedIssuers()));
      }
    }
    return all;
  }

  private static TrustManagerFactory factory(@Nullable KeyStore store)
      throws GeneralSecurityException {
    var factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(store);
    return factory;
  }

  private static Collection<? extends Certificate> certificates(Path file) throws IOException {
    try {
      return CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(read(file)));
    } catch (GeneralSecurityException e) {
      throw new IOException("`%s` is not a list of certificates in PEM".formatted(file), e);
    }
  }

  private static KeyManager @Nullable [] identity(List<Path> files)
      throws IOException, GeneralSecurityException {
    for (var file : files) {
      if (file.toString().endsWith(".cert")) {
        var key = Path.of(file.toString().replaceFirst("\\.cert$", ".key"));
        if (!Files.isRegularFile(key)) {
          throw new IOException("`%s` has no key `%s`".formatted(file, key.getFileName()));
        }
        return keys(file, key);
      }
    }
    return null;
  }

  private static KeyManager[] keys(Path certificate, Path key)
      throws IOException, GeneralSecurityException {
    Identity identity;
    try {
      identity =
          Identity.fromPem(
              new String(read(certificate), StandardCharsets.UTF_8)
                  + "\n"
                  + new String(read(key), StandardCharsets.UTF_8));
    } catch (PkiException e) {
      throw new IOException(
          "`%s` and `%s` are not a certificate and its key: %s"
              .formatted(certificate, key.getFileName(), e.getMessage()));
    }
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "client", identity.key(), new char[0], identity.certificates().toArray(Certificate[]::new));
    var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, new char[0]);
    return factory.getKeyManagers();
  }

  private static byte[] read(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      var bytes = in.readNBytes(MAX_FILE + 1);
      if (bytes.length > MAX_FILE) {
        throw new IOException("`%s` has more than %d bytes".formatted(file, MAX_FILE));
      }
      return bytes;
    }
  }
}
