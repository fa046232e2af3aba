package dev.testudo.image.registry;

import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.ImageException;
import dev.testudo.image.oci.ImageFault;
import dev.testudo.image.registry.auth.AccessScope;
import dev.testudo.image.registry.http.HttpCall;
import java.io.IOException;
import java.util.Optional;

/// What pulling and pushing blobs have in common.
final class RegistryBlobs {
  private RegistryBlobs() {}

  static String path(String repository, Descriptor blob) {
    return "%s/blobs/%s".formatted(repository, blob.digest());
  }

  /// Returns whether the repository has a blob.
  static boolean has(RegistryHost host, AccessScope scope, String repository, Descriptor blob)
      throws IOException {
    var call = HttpCall.of("HEAD", RegistryHost.url(path(repository, blob)));
    var ask = new RegistryAsk("look for the blob " + blob.digest(), scope, call, 200, 404);
    return host.ask(ask, answer -> answer.status() == 200);
  }

  /// Says that something is absent as the other stores of images do.
  static ImageException absent(RegistryException cause) {
    return new ImageException(ImageFault.NOT_FOUND, cause.getMessage(), cause);
  }

  /// Returns what a number in a header says.
  static Optional<Long> number(Optional<String> value) {
    return value.filter(text -> text.matches("\\d{1,18}")).map(Long::valueOf);
  }
}
