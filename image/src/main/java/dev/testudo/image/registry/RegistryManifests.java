package dev.testudo.image.registry;

import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.ImageException;
import dev.testudo.image.oci.ImageFault;
import dev.testudo.image.oci.ManifestReference;
import dev.testudo.image.oci.ManifestReference.ByDigest;
import dev.testudo.image.oci.MediaType;
import dev.testudo.image.oci.RawManifest;
import dev.testudo.image.oci.Referrers;
import dev.testudo.image.registry.auth.AccessScope;
import dev.testudo.image.registry.http.HttpBody;
import dev.testudo.image.registry.http.HttpCall;
import dev.testudo.image.registry.http.LinkAnswer;
import dev.testudo.trust.json.JsonMembers;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.stream.Collectors;

/// Reads and stores the manifests of a repository.
final class RegistryManifests {
  private static final String ACCEPT =
      MediaType.manifests().stream().map(MediaType::text).collect(Collectors.joining(", "));

  private final RegistryHost host;
  private final String repository;

  RegistryManifests(RegistryHost host, String repository) {
    this.host = host;
    this.repository = repository;
  }

  /// Reads a manifest.
  ///
  /// @throws ImageException if there is none, or its content is not what its digest says
  RawManifest read(ManifestReference reference) throws IOException {
    try {
      return host.ask(
          new RegistryAsk(
              "pull the manifest `%s`".formatted(reference),
              AccessScope.pull(repository),
              HttpCall.of("GET", RegistryHost.url(path(reference))).header("Accept", ACCEPT),
              200),
          answer -> checked(reference, answer));
    } catch (RegistryException e) {
      throw e.fault() == RegistryFault.NOT_FOUND ? RegistryBlobs.absent(e) : e;
    }
  }

  private String path(ManifestReference reference) {
    return "%s/manifests/%s".formatted(repository, reference);
  }

  private RawManifest checked(ManifestReference reference, LinkAnswer answer) throws IOException {
    var content = answer.bytes(RawManifest.MAX_BYTES);
    if (reference instanceof ByDigest(var digest)) {
      check(digest, content);
    }
    checkNamed(answer, content);
    return new RawManifest(mediaType(answer, content), content);
  }

  /// Checks the digest that the registry itself gives, if it does.
  private void checkNamed(LinkAnswer answer, byte[] content) throws IOException {
    var named = answer.header("Docker-Content-Digest").flatMap(Digest::parse);
    if (named.isPresent()) {
      check(named.get(), content);
    }
  }

  private void check(Digest expected, byte[] content) throws ImageException {
    var found = Digest.finish(expected.algorithm(), hash(expected, content));
    if (!found.equals(expected)) {
      throw new ImageException(
          ImageFault.WRONG_CONTENT,
          "%s/%s: the manifest %s has the digest %s"
              .formatted(host.name(), repository, expected, found));
    }
  }

  private static MessageDigest hash(Digest expected, byte[] content) {
    var hash = expected.algorithm().start();
    hash.update(content);
    return hash;
  }

  /// Returns the type that the answer's header gives or, if that is none of an image, the document.
  private static String mediaType(LinkAnswer answer, byte[] content) throws IOException {
    var header =
        answer.header("Content-Type").map(text -> text.replaceFirst(";.*$", "").strip()).orElse("");
    if (MediaType.of(header).isPresent()) {
      return header;
    }
    var members = JsonMembers.read(content, RawManifest.MAX_BYTES, "manifest");
    return members.optionalText("mediaType").orElse(header);
  }

  /// Stores a manifest.
  ///
  /// @return true if nothing remains to be done: it has no `subject`, or the registry lists it with
  ///     its subject
  boolean put(ManifestReference reference, RawManifest manifest) throws IOException {
    var content = manifest.content();
    if (reference instanceof ByDigest(var digest)) {
      check(digest, content);
    }
    var call =
        HttpCall.of("PUT", RegistryHost.url(path(reference)))
            .sending(manifest.mediaType(), HttpBody.of(content));
    var listed =
        host.ask(
            new RegistryAsk(
                "push the manifest `%s`".formatted(reference),
                AccessScope.push(repository),
                call,
                200,
                201,
                202),
            answer -> {
              checkNamed(answer, content);
              return answer.header("OCI-Subject").isPresent();
            });
    return listed || Referrers.subject(manifest).isEmpty();
  }
}
