package dev.testudo.trust.collateral.service;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.attest.evidence.DocumentId.IntelRootCrl;
import dev.testudo.trust.attest.evidence.DocumentId.PckCrl;
import dev.testudo.trust.attest.evidence.DocumentId.QeIdentity;
import dev.testudo.trust.attest.evidence.DocumentId.TcbInfo;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.collateral.input.RevocationLists;
import dev.testudo.trust.http.Proxies;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/// A client of Intel's provisioning certification service, version 4 of its interface, or of a
/// cache of it (PCCS), which has the same paths. Thread-safe.
///
/// Source: Intel SGX and Intel TDX Provisioning Certification Service, API documentation v4.
final class PcsClient implements DocumentSource, AutoCloseable {
  private static final List<String> TCB_CHAIN =
      List.of("TCB-Info-Issuer-Chain", "SGX-TCB-Info-Issuer-Chain");
  private static final List<String> IDENTITY_CHAIN =
      List.of("SGX-Enclave-Identity-Issuer-Chain", "Enclave-Identity-Issuer-Chain");
  private static final List<String> CRL_CHAIN =
      List.of("SGX-PCK-CRL-Issuer-Chain", "PCK-CRL-Issuer-Chain");

  private final ServiceSettings.Pcs settings;
  private final ServiceLimits limits;
  private final ServiceHttp http;
  private final ServiceHttp rootHttp;

  PcsClient(ServiceSettings.Pcs settings, Proxies proxies, ServiceLimits limits) {
    this.settings = settings;
    this.limits = limits;
    this.http = new ServiceHttp(limits, proxies, Duration.ZERO, settings.insecureTls());
    this.rootHttp = new ServiceHttp(limits, proxies, Duration.ZERO, settings.insecureTls());
  }

  @Override
  public Document fetch(DocumentId id) throws IOException {
    return switch (id) {
      case TcbInfo(var tee, var fmspc) ->
          json(
              id,
              "/%s/certification/v4/tcb?fmspc=%s&%s"
                  .formatted(tee.text(), fmspc.toUpperCase(Locale.ROOT), settings.update().query()),
              TCB_CHAIN);
      case QeIdentity(var tee) ->
          json(
              id,
              "/%s/certification/v4/qe/identity?%s"
                  .formatted(tee.text(), settings.update().query()),
              IDENTITY_CHAIN);
      case PckCrl(var ca) ->
          list(id, "/sgx/certification/v4/pckcrl?ca=%s&encoding=der".formatted(ca.text()));
      case IntelRootCrl _ -> rootList(id);
      case DocumentId.AmdChain _, DocumentId.AmdCrl _, DocumentId.Vcek _ ->
          throw new IllegalArgumentException("Intel has no " + id);
    };
  }

  private Document json(DocumentId id, String path, List<String> chain) throws IOException {
    var answer = http.get(at(path), id.toString());
    return document(id, answer.body(), chain(answer, chain, id));
  }

  private Document list(DocumentId id, String path) throws IOException {
    var answer = http.get(at(path), id.toString());
    var chain = chain(answer, CRL_CHAIN, id);
    return document(id, RevocationLists.unwrapped(answer.body()), chain);
  }

  private Document rootList(DocumentId id) throws IOException {
    var answer =
        settings.rootCrl().isPresent()
            ? rootHttp.get(settings.rootCrl().get(), id.toString())
            : http.get(at("/sgx/certification/v4/rootcacrl"), id.toString());
    return document(id, RevocationLists.unwrapped(answer.body()), "");
  }

  private String chain(HttpResponse<byte[]> answer, List<String> names, DocumentId id)
      throws IOException {
    return IssuerChain.of(answer.headers(), names, limits.headers(), id.toString());
  }

  private static Document document(DocumentId id, byte[] body, String chain) {
    return new Document(id, Octets.of(body), Octets.of(chain.getBytes(US_ASCII)));
  }

  private URI at(String path) {
    return URI.create(settings.base() + path);
  }

  @Override
  public void close() {
    http.close();
    rootHttp.close();
  }
}
