package dev.testudo.image.registry;

import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.registry.auth.AccessScope;
import dev.testudo.image.registry.http.HttpCall;
import dev.testudo.image.registry.http.LinkAnswer;
import dev.testudo.image.registry.http.LinkException;
import dev.testudo.image.registry.http.LinkFault;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// The content of a blob as a stream that outlives its connection: after a cut it requests the rest
/// (`Range`, RFC 9110 §14). It does not verify the content. One thread reads.
final class ResumedBlob extends InputStream {
  /// How far a stream must come between two cuts so that the first one no longer counts.
  private static final long PROGRESS = 1 << 20;

  private final RegistryHost host;
  private final String repository;
  private final Descriptor blob;
  private final RetryPolicy.Attempts attempts;
  private @Nullable LinkAnswer answer;
  private long position;
  private long lastCut;

  ResumedBlob(RegistryHost host, String repository, Descriptor blob) {
    this.host = host;
    this.repository = repository;
    this.blob = blob;
    this.attempts = host.attempts();
  }

  /// Opens the first connection, so that a blob that is absent is reported at once.
  ResumedBlob opened() throws IOException {
    connected();
    return this;
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    while (true) {
      try {
        var count = connected().body().read(bytes, offset, length);
        if (count < 0 && position < blob.size()) {
          throw new LinkException(
              LinkFault.CUT,
              "the answer ended after %d of %d bytes".formatted(position, blob.size()));
        }
        position += Math.max(count, 0);
        return count;
      } catch (LinkException e) {
        close();
        failed(host.problems().of(ask(), e));
      }
    }
  }

  private LinkAnswer connected() throws IOException {
    while (true) {
      var current = answer;
      if (current != null) {
        return current;
      }
      try {
        answer = connect();
      } catch (RegistryException e) {
        if (e.fault() == RegistryFault.NOT_FOUND) {
          throw RegistryBlobs.absent(e);
        }
        failed(e);
      }
    }
  }

  private void failed(RegistryException failure) throws IOException {
    attempts.failed(failure, position - lastCut >= PROGRESS);
    lastCut = position;
  }

  private RegistryAsk ask() throws IOException {
    var call =
        HttpCall.of("GET", RegistryHost.url(RegistryBlobs.path(repository, blob)))
            .header("Accept-Encoding", "identity");
    return new RegistryAsk(
        "pull the blob " + blob.digest(),
        AccessScope.pull(repository),
        position == 0 ? call : call.header("Range", "bytes=%d-".formatted(position)),
        200,
        206);
  }

  private LinkAnswer connect() throws IOException {
    var ask = ask();
    var opened = host.open(ask);
    try {
      if (opened.status() == 206) {
        checkStart(ask, opened);
      } else {
        // The server does not know `Range` and begins again.
        opened.body().skipNBytes(position);
      }
      return opened;
    } catch (LinkException e) {
      opened.close();
      throw host.problems().of(ask, e);
    } catch (IOException e) {
      opened.close();
      throw e;
    }
  }

  private void checkStart(RegistryAsk ask, LinkAnswer opened) throws IOException {
    var range = opened.header("Content-Range").orElse("");
    if (!range.startsWith("bytes %d-".formatted(position))) {
      throw host.problems().malformed(ask, "the registry sent another part of the blob");
    }
  }

  @Override
  public void close() throws IOException {
    var current = answer;
    answer = null;
    if (current != null) {
      current.close();
    }
  }
}
