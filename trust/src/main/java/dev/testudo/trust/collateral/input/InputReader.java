package dev.testudo.trust.collateral.input;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.trust.attest.evidence.DocumentId.PckCrl;
import dev.testudo.trust.collateral.CollateralBundle;
import dev.testudo.trust.collateral.CollateralException;
import dev.testudo.trust.collateral.CollateralException.Fault;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.pki.Certificates;
import dev.testudo.trust.pki.Pem;
import dev.testudo.trust.pki.PkiException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;

/// Recognises what bytes are, and adds the documents in them.
final class InputReader {
  private final FoundDocuments found;
  private final String file;

  /// Creates a reader for one file.
  ///
  /// @param file its name in messages; may be empty
  InputReader(FoundDocuments found, String file) {
    this.found = found;
    this.file = file;
  }

  /// Reads bytes.
  ///
  /// @throws CollateralException if they are nothing that is known
  void read(byte[] bytes) throws CollateralException {
    var start = new String(bytes, 0, Math.min(bytes.length, 4096), ISO_8859_1).stripLeading();
    if (start.startsWith("{")) {
      json(bytes);
    } else if (start.contains("-----BEGIN ")) {
      pem(new String(bytes, UTF_8));
    } else {
      der(RevocationLists.unwrapped(bytes));
    }
  }

  private void json(byte[] bytes) throws CollateralException {
    try {
      var members = JsonMembers.read(bytes, CollateralBundle.MOST_BYTES, "the file");
      if (CollateralBundle.isOne(members)) {
        for (var stored : CollateralBundle.decode(members)) {
          found.add(stored.document());
        }
      } else {
        new IntelJson(found, file).read(members, bytes);
      }
    } catch (MessageException e) {
      throw new CollateralException(Fault.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  private void pem(String text) throws CollateralException {
    try {
      for (var block : Pem.read(text)) {
        switch (block.label()) {
          case "CERTIFICATE", "X509 CERTIFICATE" -> certificate(Certificates.fromDer(block.der()));
          case "X509 CRL" -> list(block.der());
          default -> found.ignore(file, "a PEM block `%s` is no document".formatted(block.label()));
        }
      }
    } catch (PkiException e) {
      throw new CollateralException(Fault.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  private void der(byte[] bytes) throws CollateralException {
    var list = RevocationLists.parse(bytes);
    if (list.isPresent()) {
      list(list.get(), bytes);
      return;
    }
    try {
      certificate(Certificates.fromDer(bytes));
    } catch (PkiException e) {
      throw new CollateralException(
          Fault.MALFORMED,
          "it is neither a bundle, a reply of Intel's service, a revocation list nor a certificate");
    }
  }

  private void certificate(X509Certificate certificate) throws CollateralException {
    var name = CommonName.of(certificate);
    if (name.equals("SEV-VCEK")) {
      found.add(ChipCertificate.id(certificate), Certificates.toDer(certificate), "");
    } else if (name.equals("SEV-VLEK")) {
      found.ignore(file, "a VLEK is not kept: each guest sends its own");
    } else if (CertificatePool.isAuthority(name)) {
      found.certificates().add(certificate);
    } else {
      found.ignore(file, "the certificate `%s` is of no manufacturer's authority".formatted(name));
    }
  }

  private void list(byte[] der) throws CollateralException {
    var list = RevocationLists.parse(der);
    if (list.isEmpty()) {
      throw new CollateralException(Fault.MALFORMED, "the revocation list is damaged");
    }
    list(list.get(), der);
  }

  private void list(X509CRL list, byte[] der) throws CollateralException {
    for (var id : RevocationLists.names(list)) {
      if (id instanceof PckCrl) {
        found.addWithoutChain(id, der, CommonName.of(list), file);
      } else {
        found.add(id, der, "");
      }
    }
  }
}
