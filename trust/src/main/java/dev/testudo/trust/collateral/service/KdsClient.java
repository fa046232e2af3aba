package dev.testudo.trust.collateral.service;

import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.attest.evidence.DocumentId.AmdChain;
import dev.testudo.trust.attest.evidence.DocumentId.AmdCrl;
import dev.testudo.trust.attest.evidence.DocumentId.Vcek;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.collateral.input.RevocationLists;
import dev.testudo.trust.http.Proxies;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;

/// A client of AMD's key distribution service, or of a cache of it. It sends one request in ten
/// seconds to AMD, whose service refuses more. Thread-safe.
///
/// Source: AMD, Versioned Chip Endorsement Key (VCEK) Certificate and KDS Interface Specification.
final class KdsClient implements DocumentSource, AutoCloseable {
  private static final Octets NONE = Octets.of(new byte[0]);

  private final URI base;
  private final ServiceHttp http;

  KdsClient(URI base, Proxies proxies, ServiceLimits limits) {
    this.base = base;
    var pause = base.equals(ServiceSettings.AMD) ? limits.kdsPause() : Duration.ZERO;
    this.http = new ServiceHttp(limits, proxies, pause, false);
  }

  @Override
  public Document fetch(DocumentId id) throws IOException {
    return switch (id) {
      case AmdChain(var product, var key) ->
          get(id, "/%s/v1/%s/cert_chain".formatted(key.text(), product));
      case AmdCrl(var product, var key) -> get(id, "/%s/v1/%s/crl".formatted(key.text(), product));
      case Vcek vcek -> get(id, path(vcek));
      case DocumentId.TcbInfo _,
          DocumentId.QeIdentity _,
          DocumentId.PckCrl _,
          DocumentId.IntelRootCrl _ ->
          throw new IllegalArgumentException("AMD has no " + id);
    };
  }

  private static String path(Vcek vcek) {
    var tcb = vcek.tcb();
    return "/vcek/v1/%s/%s?%sblSPL=%02d&teeSPL=%02d&snpSPL=%02d&ucodeSPL=%02d"
        .formatted(
            vcek.product(),
            vcek.chipId(),
            tcb.fmc().map("fmcSPL=%02d&"::formatted).orElse(""),
            tcb.bootLoader(),
            tcb.tee(),
            tcb.snp(),
            tcb.microcode());
  }

  private Document get(DocumentId id, String path) throws IOException {
    var body = http.get(URI.create(base + path), id.toString()).body();
    var list = id instanceof AmdCrl ? RevocationLists.unwrapped(body) : body;
    return new Document(id, Octets.of(list), NONE);
  }

  @Override
  public void close() {
    http.close();
  }
}
