package dev.testudo.image.registry.auth;

import dev.testudo.image.registry.credential.RegistryCredential;
import dev.testudo.image.registry.credential.RegistryCredential.IdentityToken;
import dev.testudo.image.registry.credential.RegistryCredential.Password;
import dev.testudo.image.registry.http.HttpBody;
import dev.testudo.image.registry.http.HttpCall;
import dev.testudo.image.registry.http.HttpLink;
import dev.testudo.image.registry.http.LinkAnswer;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The server that a registry sends its callers to for a token.
///
/// @param realm its URL
/// @param service the name of the registry there
record TokenServer(URI realm, Optional<String> service) {
  private static final String CLIENT = "testudo";

  /// Finds the server that a registry names in a challenge.
  ///
  /// @param registry the URL of the registry; if it has TLS, its token server must have TLS, too
  static TokenServer of(AuthChallenge challenge, URI registry) throws IOException {
    var realm = challenge.parameter("realm");
    if (realm.isEmpty()) {
      throw new TokenException("the registry's challenge names no token server");
    }
    return new TokenServer(HttpLink.resolve(registry, realm.get()), challenge.parameter("service"));
  }

  /// Requests a token: with the user's password or without (distribution, spec/auth/token), or with
  /// a refresh token (spec/auth/oauth).
  BearerToken request(HttpLink link, AccessScope scope, Optional<RegistryCredential> credential)
      throws IOException {
    var call =
        credential.isPresent() && credential.get() instanceof IdentityToken(var token)
            ? refresh(scope, token)
            : get(scope).authorized(credential.flatMap(TokenServer::basic));
    try (var answer = link.send(call)) {
      if (answer.status() != 200) {
        throw refused(answer);
      }
      return BearerToken.read(answer.bytes(BearerToken.LIMIT));
    }
  }

  private TokenException refused(LinkAnswer answer) throws IOException {
    return new TokenException(
        "the token server `%s` answered %d".formatted(realm.getAuthority(), answer.status()),
        answer.status(),
        answer.header("Retry-After"));
  }

  private HttpCall get(AccessScope scope) {
    var query = new ArrayList<String>();
    service.ifPresent(name -> query.add(pair("service", name)));
    scope.sorted().forEach(one -> query.add(pair("scope", one)));
    var joint = realm.getRawQuery() == null ? "?" : "&";
    return HttpCall.of("GET", URI.create(realm + joint + String.join("&", query)));
  }

  private HttpCall refresh(AccessScope scope, Secret token) {
    var form = new ArrayList<>(List.of(pair("grant_type", "refresh_token")));
    service.ifPresent(name -> form.add(pair("service", name)));
    form.add(pair("client_id", CLIENT));
    form.add(pair("scope", scope.sorted().stream().collect(Collectors.joining(" "))));
    form.add(
        token.reveal(bytes -> pair("refresh_token", new String(bytes, StandardCharsets.UTF_8))));
    var body = String.join("&", form).getBytes(StandardCharsets.UTF_8);
    return HttpCall.of("POST", realm)
        .sending("application/x-www-form-urlencoded", HttpBody.of(body));
  }

  /// Returns the header for a user and a password (RFC 7617).
  static Optional<Secret> basic(RegistryCredential credential) {
    return credential instanceof Password(var user, var password)
        ? Optional.of(password.reveal(bytes -> basic(user, bytes)))
        : Optional.empty();
  }

  private static Secret basic(String user, byte[] password) {
    var name = (user + ":").getBytes(StandardCharsets.UTF_8);
    var both = new byte[name.length + password.length];
    System.arraycopy(name, 0, both, 0, name.length);
    System.arraycopy(password, 0, both, name.length, password.length);
    return Secret.ofText("Basic " + java.util.Base64.getEncoder().encodeToString(both));
  }

  private static String pair(String name, String value) {
    return name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
  }
}
