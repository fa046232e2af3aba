package dev.testudo.image.registry;

import dev.testudo.image.registry.http.HttpLink;
import dev.testudo.image.registry.http.LinkAnswer;
import dev.testudo.image.registry.http.LinkException;
import dev.testudo.image.registry.http.LinkFault;
import java.io.IOException;
import java.net.URI;

/// An upload that a registry has begun: where the next request goes, and how much it has. One
/// thread uses it.
final class BlobUpload {
  private final boolean complete;
  private final long least;
  private URI location;
  private long offset;

  private BlobUpload(boolean complete, long least, URI location) {
    this.complete = complete;
    this.least = least;
    this.location = location;
  }

  /// Reads the answer to the request that begins an upload.
  static BlobUpload begun(LinkAnswer answer) throws IOException {
    var least = RegistryBlobs.number(answer.header("OCI-Chunk-Min-Length")).orElse(0L);
    return answer.status() == 201
        ? new BlobUpload(true, least, answer.url())
        : new BlobUpload(false, least, location(answer));
  }

  /// Returns true if the registry has the blob, because it took it from another repository.
  boolean isComplete() {
    return complete;
  }

  /// Returns the fewest bytes of a chunk that is not the last one.
  long least() {
    return least;
  }

  /// Returns the URL of the next request.
  URI location() {
    return location;
  }

  /// Returns how many bytes the registry has.
  long offset() {
    return offset;
  }

  /// Reads the answer to a chunk or to the question how much the registry has.
  ///
  /// @param assumed the offset if the answer has none
  /// @param most the largest offset that is possible
  /// @return the offset
  long continued(LinkAnswer answer, long assumed, long most) throws IOException {
    if (answer.header("Location").isPresent()) {
      location = location(answer);
    }
    var range = answer.header("Range").map(text -> text.replaceFirst("^bytes=", ""));
    offset = range.isPresent() ? end(range.get()) : assumed;
    if (offset > most) {
      throw new LinkException(
          LinkFault.ADDRESS, "the registry says that it has more bytes than were sent");
    }
    return offset;
  }

  /// Reads `0-LAST`. Docker's registry says `0-0` for nothing.
  private static long end(String range) throws LinkException {
    if (range.equals("0-0") || range.equals("0--1")) {
      return 0;
    }
    if (!range.matches("0-\\d{1,18}")) {
      throw new LinkException(LinkFault.ADDRESS, "the header `Range` is malformed");
    }
    return Long.parseLong(range.substring(2)) + 1;
  }

  private static URI location(LinkAnswer answer) throws IOException {
    var location = answer.header("Location");
    if (location.isEmpty()) {
      throw new LinkException(
          LinkFault.ADDRESS, "the registry does not say where the upload continues");
    }
    return HttpLink.resolve(answer.url(), location.get());
  }
}
