package dev.testudo.image.registry;

import dev.testudo.image.oci.BlobContent;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.ImageException;
import dev.testudo.image.oci.ImageFault;
import dev.testudo.image.registry.auth.AccessScope;
import dev.testudo.image.registry.http.HttpBody;
import dev.testudo.image.registry.http.HttpCall;
import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Pushes one blob (distribution-spec, "Pushing blobs").
final class BlobPush {
  private static final int MOST_MOUNTS = 4;
  private static final Set<Integer> LOST = Set.of(400, 404, 405, 413, 416, 501);
  private static final String BYTES = "application/octet-stream";

  private final RegistryHost host;
  private final RegistrySettings settings;
  private final String repository;
  private final Descriptor blob;
  private final ContentPieces content;
  private final AccessScope scope;
  private final String action;
  private final RetryPolicy.Attempts attempts;

  BlobPush(
      RegistryHost host,
      RegistrySettings settings,
      String repository,
      Descriptor blob,
      BlobContent content) {
    this.host = host;
    this.settings = settings;
    this.repository = repository;
    this.blob = blob;
    this.content = new ContentPieces(content);
    this.scope = AccessScope.push(repository);
    this.action = "push the blob " + blob.digest();
    this.attempts = host.attempts();
  }

  /// Sees to it that the repository has the blob.
  ///
  /// @param mountFrom repositories of the same registry that may have it
  void push(List<String> mountFrom) throws IOException {
    if (!RegistryBlobs.has(host, scope, repository, blob)) {
      try (content) {
        mountOrSend(mountFrom);
      }
    }
  }

  private void mountOrSend(List<String> mountFrom) throws IOException {
    Optional<BlobUpload> begun = Optional.empty();
    for (var from : mountFrom.subList(0, Math.min(mountFrom.size(), MOST_MOUNTS))) {
      if (from.equals(repository)) {
        continue;
      }
      begun.ifPresent(this::cancel);
      begun = mount(from);
      if (begun.isPresent() && begun.get().isComplete()) {
        return;
      }
    }
    send(begun);
  }

  /// Asks the registry to take the blob from another repository. A registry that cannot begins an
  /// upload instead; one that refuses is asked without `mount` next.
  private Optional<BlobUpload> mount(String from) throws IOException {
    var query = "?mount=%s&from=%s".formatted(encoded(blob.digest().toString()), encoded(from));
    try {
      return Optional.of(begin(AccessScope.mount(repository, from), query));
    } catch (RegistryException e) {
      if (e.fault().isPassing() || e.problem().status().isEmpty()) {
        throw e;
      }
      return Optional.empty();
    }
  }

  private BlobUpload begin(AccessScope needed, String query) throws IOException {
    var call = HttpCall.of("POST", RegistryHost.url(repository + "/blobs/uploads/" + query));
    return host.ask(
        new RegistryAsk(action, needed, call, 201, 202), answer -> BlobUpload.begun(answer));
  }

  /// Sends the content. If the registry forgets the upload or does not support chunks, the next
  /// upload has one request: some registries know no other way.
  private void send(Optional<BlobUpload> begun) throws IOException {
    var next = begun;
    var whole = blob.size() <= settings.chunk();
    while (true) {
      var upload = next.isPresent() ? next.get() : begin(scope, "");
      next = Optional.empty();
      try {
        if (whole) {
          commit(upload, body(0, blob.size()));
        } else {
          chunks(upload);
          commit(upload, HttpBody.of(new byte[0]));
        }
        return;
      } catch (RegistryException e) {
        cancel(upload);
        checkContent(e);
        var lost = !whole && isLost(e);
        if (!lost) {
          attempts.failed(e, false);
        }
        whole = whole || lost;
      } catch (EOFException e) {
        cancel(upload);
        throw new ImageException(
            ImageFault.WRONG_CONTENT,
            "the content of the blob %s has fewer than its %d bytes"
                .formatted(blob.digest(), blob.size()),
            e);
      } catch (IOException e) {
        cancel(upload);
        throw e;
      }
      if (RegistryBlobs.has(host, scope, repository, blob)) {
        return;
      }
    }
  }

  private static void checkContent(RegistryException failure) throws ImageException {
    if (failure.problem().code().filter("DIGEST_INVALID"::equals).isPresent()) {
      throw new ImageException(ImageFault.WRONG_CONTENT, failure.getMessage(), failure);
    }
  }

  /// Returns true if the registry does not know the upload any more, or not in chunks.
  private static boolean isLost(RegistryException failure) {
    return LOST.contains(failure.problem().status().orElse(0));
  }

  private void chunks(BlobUpload upload) throws IOException {
    var lastFailure = -1L;
    while (upload.offset() < blob.size()) {
      try {
        chunk(upload);
      } catch (RegistryException e) {
        attempts.failed(e, upload.offset() > lastFailure);
        lastFailure = upload.offset();
        askOffset(upload);
      }
    }
  }

  private void chunk(BlobUpload upload) throws IOException {
    var from = upload.offset();
    var length = Math.min(Math.max(settings.chunk(), upload.least()), blob.size() - from);
    var call =
        HttpCall.of("PATCH", upload.location())
            .header("Content-Range", "%d-%d".formatted(from, from + length - 1))
            .sending(BYTES, body(from, length));
    host.once(ask(call, 202), answer -> upload.continued(answer, from + length, from + length));
  }

  /// Asks the registry how much it has.
  private void askOffset(BlobUpload upload) throws IOException {
    var ask = ask(HttpCall.of("GET", upload.location()), 204);
    host.ask(ask, answer -> upload.continued(answer, 0, blob.size()));
  }

  private void commit(BlobUpload upload, HttpBody body) throws IOException {
    var joint = upload.location().getRawQuery() == null ? "?" : "&";
    var url = URI.create(upload.location() + joint + "digest=" + encoded(blob.digest().toString()));
    var call = HttpCall.of("PUT", url).sending(BYTES, body);
    host.once(ask(call, 201, 204), answer -> true);
  }

  private RegistryAsk ask(HttpCall call, Integer... accepted) {
    return new RegistryAsk(action, scope, call, accepted);
  }

  private void cancel(BlobUpload upload) {
    host.cancel(scope, upload.location());
  }

  private HttpBody body(long from, long length) {
    return new HttpBody(() -> content.open(from, length), length);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
