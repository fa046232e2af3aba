package dev.testudo.image.registry.auth;

import dev.testudo.image.registry.credential.CredentialStore;
import dev.testudo.image.registry.credential.FoundCredential;
import dev.testudo.image.registry.credential.RegistryCredential;
import dev.testudo.image.registry.credential.RegistryCredential.IdentityToken;
import dev.testudo.image.registry.http.HttpLink;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Authorizes the requests to one registry: anonymously until it asks, then with a password or with
/// tokens of its token server. A token is kept per scope as long as it is valid. Thread-safe; only
/// one thread at a time requests a token.
public final class RegistryAuthorizer {
  private static final long MARGIN_SECONDS = 10;
  private static final int MAX_TOKENS = 256;

  private final HttpLink link;
  private final String registry;
  private final URI base;
  private final CredentialStore store;
  private final Map<String, Optional<FoundCredential>> credentials = new HashMap<>();
  private final Map<AccessScope, Kept> tokens = new HashMap<>();
  private Optional<AuthChallenge> challenge = Optional.empty();

  /// A token that is kept.
  private record Kept(Secret header, long until) {}

  /// Creates the authorizer of a registry.
  ///
  /// @param registry the registry as images name it, which selects the credential
  /// @param base the URL of the registry
  public RegistryAuthorizer(HttpLink link, String registry, URI base, CredentialStore store) {
    this.link = link;
    this.registry = registry;
    this.base = base;
    this.store = store;
  }

  /// Returns the value of the header `Authorization` for a request, or empty for none.
  ///
  /// @throws IOException if there is a credential that cannot be used, or no token
  public synchronized Optional<Secret> header(AccessScope scope) throws IOException {
    if (challenge.isEmpty()) {
      return Optional.empty();
    }
    if (challenge.get().scheme().equals("basic")) {
      return credential(scope.repository())
          .map(FoundCredential::credential)
          .flatMap(TokenServer::basic);
    }
    var kept = tokens.get(scope);
    if (kept == null || kept.until() - System.nanoTime() < 0) {
      kept = request(scope, challenge.get());
      if (tokens.size() >= MAX_TOKENS) {
        tokens.clear();
      }
      tokens.put(scope, kept);
    }
    return Optional.of(kept.header());
  }

  /// Takes note that the registry refused a request with 401.
  ///
  /// @param values the values of its header `WWW-Authenticate`
  /// @param used the header with which the request was refused
  /// @return true if [#header] may give another one, so that the request is worth sending again
  public synchronized boolean refused(List<String> values, AccessScope scope, Optional<Secret> used)
      throws IOException {
    var offers = ChallengeReader.read(values);
    var chosen = offers.stream().filter(one -> one.scheme().equals("bearer")).findFirst();
    if (chosen.isEmpty()) {
      chosen = offers.stream().filter(one -> one.scheme().equals("basic")).findFirst();
    }
    if (chosen.isEmpty()) {
      return false;
    }
    challenge = chosen;
    var kept = tokens.get(scope);
    if (kept != null && used.isPresent() && kept.header().matches(used.get())) {
      tokens.remove(scope);
    }
    return chosen.get().scheme().equals("bearer")
        || (used.isEmpty() && credential(scope.repository()).isPresent());
  }

  /// Returns where the credential for a repository was found, for messages.
  public synchronized Optional<String> place(String repository) throws IOException {
    return credential(repository).map(FoundCredential::place);
  }

  private Kept request(AccessScope scope, AuthChallenge asked) throws IOException {
    var found = credential(scope.repository());
    var server = TokenServer.of(asked, base);
    var answer = server.request(link, scope, found.map(FoundCredential::credential));
    if (answer.refresh().isPresent()
        && found.isPresent()
        && found.get().credential() instanceof IdentityToken) {
      RegistryCredential renewed = new IdentityToken(answer.refresh().get());
      credentials.put(
          scope.repository(), Optional.of(new FoundCredential(renewed, found.get().place())));
    }
    var header =
        answer
            .token()
            .reveal(bytes -> Secret.ofText("Bearer " + new String(bytes, StandardCharsets.UTF_8)));
    var valid = Math.max(answer.seconds() - MARGIN_SECONDS, 1);
    return new Kept(header, System.nanoTime() + TimeUnit.SECONDS.toNanos(valid));
  }

  private Optional<FoundCredential> credential(String repository) throws IOException {
    var known = credentials.get(repository);
    if (known == null) {
      known = store.find(registry, repository);
      credentials.put(repository, known);
    }
    return known;
  }
}
