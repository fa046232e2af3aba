package dev.testudo.trust.collateral.service;

import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.attest.evidence.DocumentId;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;

/// Asks the service that has a document. For each document one request is in flight: whoever asks
/// for it meanwhile gets the same answer. Thread-safe.
public final class CollateralServices implements DocumentSource, AutoCloseable {
  private final PcsClient pcs;
  private final KdsClient kds;
  private final Map<DocumentId, Request> inFlight = new ConcurrentHashMap<>();

  /// A request in flight.
  ///
  /// @param waiting how many callers wait for it, besides the one who sends it
  private record Request(FutureTask<Document> task, AtomicInteger waiting) {}

  /// Creates clients, which connect when they are asked.
  public CollateralServices(ServiceSettings settings) {
    this.pcs = new PcsClient(settings.pcs(), settings.proxies(), settings.limits());
    this.kds = new KdsClient(settings.kds(), settings.proxies(), settings.limits());
  }

  @Override
  public Document fetch(DocumentId id) throws IOException {
    var mine = new Request(new FutureTask<>(() -> source(id).fetch(id)), new AtomicInteger());
    var others = inFlight.putIfAbsent(id, mine);
    if (others != null) {
      others.waiting().incrementAndGet();
      return result(others.task());
    }
    try {
      mine.task().run();
    } finally {
      inFlight.remove(id, mine);
    }
    return result(mine.task());
  }

  /// Returns whether somebody waits for the answer to the request of another caller.
  boolean isWaitedFor(DocumentId id) {
    var request = inFlight.get(id);
    return request != null && request.waiting().get() > 0;
  }

  private static Document result(FutureTask<Document> task) throws IOException {
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException failure -> throw failure;
        case RuntimeException bug -> throw bug;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }

  private DocumentSource source(DocumentId id) {
    return switch (id) {
      case DocumentId.TcbInfo _,
          DocumentId.QeIdentity _,
          DocumentId.PckCrl _,
          DocumentId.IntelRootCrl _ ->
          pcs;
      case DocumentId.AmdChain _, DocumentId.AmdCrl _, DocumentId.Vcek _ -> kds;
    };
  }

  /// Cancels what is in flight.
  @Override
  public void close() {
    pcs.close();
    kds.close();
  }
}
