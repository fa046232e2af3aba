package dev.testudo.image.registry;

import dev.testudo.image.oci.RawManifest;
import dev.testudo.image.registry.auth.AccessScope;
import dev.testudo.image.registry.http.HttpCall;
import dev.testudo.image.registry.http.HttpLink;
import dev.testudo.image.registry.http.HttpOrigin;
import dev.testudo.image.registry.http.LinkAnswer;
import dev.testudo.image.registry.http.LinkException;
import dev.testudo.image.registry.http.LinkFault;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue.JsonNull;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads lists that a registry gives page by page (header `Link`, RFC 8288).
final class RegistryLists {
  private static final int MAX_PAGES = 1000;
  private static final int MAX_ENTRIES = 100_000;
  private static final Pattern NEXT = Pattern.compile("<([^>]{1,4096})>\\s*;\\s*rel=\"?next\"?");
  private static final Pattern TAG = Pattern.compile("\\w[\\w.-]{0,127}");

  private final RegistryHost host;
  private final String repository;

  RegistryLists(RegistryHost host, String repository) {
    this.host = host;
    this.repository = repository;
  }

  /// Adds what a page has to `into`.
  @FunctionalInterface
  interface Page<T> {
    void read(JsonMembers page, List<T> into) throws IOException;
  }

  List<String> tags() throws IOException {
    try {
      return pages("read the tags", repository + "/tags/list?n=1000", RegistryLists::tags);
    } catch (RegistryException e) {
      throw e.fault() == RegistryFault.NOT_FOUND ? RegistryBlobs.absent(e) : e;
    }
  }

  private static void tags(JsonMembers page, List<String> into) throws IOException {
    if (page.optional("tags").filter(tags -> !(tags instanceof JsonNull)).isEmpty()) {
      return;
    }
    for (var tag : page.texts("tags")) {
      if (!TAG.matcher(tag).matches()) {
        throw page.wrong("tags", "a list of tags");
      }
      into.add(tag);
    }
  }

  /// Reads all pages.
  ///
  /// @param action what is to be done, for messages
  /// @param path the path of the first page below `/v2/`
  <T> List<T> pages(String action, String path, Page<T> page) throws IOException {
    var all = new ArrayList<T>();
    var next = Optional.of(RegistryHost.url(path));
    for (var count = 0; next.isPresent(); count++) {
      var call = HttpCall.of("GET", next.get());
      var ask = new RegistryAsk(action, AccessScope.pull(repository), call, 200);
      if (count == MAX_PAGES || all.size() > MAX_ENTRIES) {
        var endless = new LinkException(LinkFault.TOO_LARGE, "the registry's list does not end");
        throw host.problems().of(ask, endless);
      }
      next =
          host.ask(
              ask,
              answer -> {
                page.read(
                    JsonMembers.read(
                        answer.bytes(RawManifest.MAX_BYTES), RawManifest.MAX_BYTES, "list"),
                    all);
                return next(answer);
              });
    }
    return List.copyOf(all);
  }

  private static Optional<URI> next(LinkAnswer answer) throws IOException {
    var link = answer.header("Link").map(NEXT::matcher);
    if (link.isEmpty() || !link.get().find()) {
      return Optional.empty();
    }
    var target = HttpLink.resolve(answer.url(), link.get().group(1));
    if (!HttpOrigin.of(target).equals(HttpOrigin.of(answer.url()))) {
      throw new LinkException(LinkFault.REDIRECT, "the registry's list continues on another host");
    }
    return Optional.of(target);
  }
}
