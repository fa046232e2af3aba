package dev.testudo.image.registry;

import dev.testudo.image.registry.auth.AccessScope;
import dev.testudo.image.registry.auth.RegistryAuthorizer;
import dev.testudo.image.registry.auth.TokenException;
import dev.testudo.image.registry.credential.CredentialException;
import dev.testudo.image.registry.http.HttpCall;
import dev.testudo.image.registry.http.HttpLink;
import dev.testudo.image.registry.http.HttpOrigin;
import dev.testudo.image.registry.http.LinkAnswer;
import dev.testudo.image.registry.http.LinkException;
import dev.testudo.image.registry.http.LinkFault;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A registry: sends requests with credentials, again after failures that pass, and turns every
/// failure into a [RegistryException]. Thread-safe.
final class RegistryHost {
  private static final int MAX_REFUSALS = 2;
  private static final String HUB = "docker.io";
  private static final String HUB_API = "registry-1.docker.io";
  private static final Duration CANCEL = Duration.ofSeconds(2);

  private final HttpLink link;
  private final RegistrySettings settings;
  private final String name;
  private final RegistryProblems problems;
  private @Nullable Connected connected;

  /// How the registry is reached.
  private record Connected(URI base, RegistryAuthorizer authorizer) {}

  /// Uses an answer.
  @FunctionalInterface
  interface Reader<T> {
    T read(LinkAnswer answer) throws IOException;
  }

  RegistryHost(HttpLink link, RegistrySettings settings, String name) {
    this.link = link;
    this.settings = settings;
    this.name = name;
    this.problems = new RegistryProblems(name);
  }

  String name() {
    return name;
  }

  RegistryProblems problems() {
    return problems;
  }

  /// Returns a counter for the failures of a task.
  RetryPolicy.Attempts attempts() {
    return settings.retries().new Attempts();
  }

  /// Returns the URL of a path below `/v2/`, relative to the registry.
  static URI url(String path) {
    return URI.create("/v2/" + path);
  }

  /// Sends a request that may be sent again, and lets `reader` use the answer, which it closes
  /// then.
  <T> T ask(RegistryAsk ask, Reader<T> reader) throws IOException {
    var attempts = attempts();
    while (true) {
      try {
        return once(ask, reader);
      } catch (RegistryException e) {
        attempts.failed(e, false);
      }
    }
  }

  /// Does the same, but sends the request only once, apart from authorization.
  <T> T once(RegistryAsk ask, Reader<T> reader) throws IOException {
    try (var answer = open(ask)) {
      return reader.read(answer);
    } catch (LinkException e) {
      throw problems.of(ask, e);
    } catch (MessageException e) {
      throw problems.malformed(ask, String.valueOf(e.getMessage()));
    }
  }

  /// Sends a request once and returns the answer, which the caller closes.
  LinkAnswer open(RegistryAsk ask) throws IOException {
    try {
      var here = connected();
      var url = here.base().resolve(ask.call().url());
      for (var refusals = 0; ; refusals++) {
        var header =
            isOwn(here, url) ? here.authorizer().header(ask.scope()) : Optional.<Secret>empty();
        var call = ask.call().at(url).authorized(header);
        var answer = ask.follows() ? link.follow(call) : link.send(call);
        if (ask.accepted().contains(answer.status())) {
          return answer;
        }
        try (answer) {
          var body = answer.prefix(RegistryProblems.ERROR_LIMIT);
          var again =
              answer.status() == 401
                  && refusals < MAX_REFUSALS
                  && isOwn(here, answer.url())
                  && here.authorizer()
                      .refused(answer.headers("WWW-Authenticate"), ask.scope(), header);
          if (!again) {
            throw problems.refused(ask, answer, body, place(here, ask.scope()));
          }
        }
      }
    } catch (LinkException e) {
      throw problems.of(ask, e);
    } catch (TokenException e) {
      throw problems.of(ask, e, place(connected(), ask.scope()));
    } catch (CredentialException e) {
      throw problems.of(ask, e);
    }
  }

  /// Cancels an upload, if that is possible at once. A registry forgets uploads by itself, so a
  /// failure means nothing. It also works in a thread that has been interrupted.
  void cancel(AccessScope scope, URI upload) {
    var interrupted = Thread.interrupted();
    try {
      var here = connected();
      if (isOwn(here, upload)) {
        link.tell(
            HttpCall.of("DELETE", upload).authorized(here.authorizer().header(scope)), CANCEL);
      }
    } catch (IOException e) {
      // See above.
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static boolean isOwn(Connected here, URI url) throws LinkException {
    return HttpOrigin.of(url).equals(HttpOrigin.of(here.base()));
  }

  private static Optional<String> place(Connected here, AccessScope scope) throws IOException {
    return here.authorizer().place(scope.repository());
  }

  private synchronized Connected connected() throws IOException {
    var known = connected;
    if (known == null) {
      var base = base(name.equals(HUB) ? HUB_API : name);
      known = new Connected(base, new RegistryAuthorizer(link, name, base, settings.credentials()));
      connected = known;
    }
    return known;
  }

  /// Finds out whether a registry has TLS if it may do without. On this machine most have none, and
  /// nobody listens on the way; elsewhere TLS comes first.
  private URI base(String authority) throws IOException {
    var tls = URI.create("https://" + authority + "/");
    var plain = URI.create("http://" + authority + "/");
    if (!settings.link().plain().permits(authority)
        || settings.link().certificates().has(authority)) {
      return tls;
    }
    if (HttpOrigin.of(plain).isLoopback()) {
      return answersPlainly(plain) ? plain : tls;
    }
    return answersWithTls(tls) ? tls : plain;
  }

  private boolean answersWithTls(URI base) throws IOException {
    try (var _ = link.send(HttpCall.of("GET", base.resolve("/v2/")))) {
      return true;
    } catch (LinkException e) {
      if (e.fault() == LinkFault.NOT_TLS) {
        return false;
      }
      throw e;
    }
  }

  /// Returns false if the server wants TLS: many then answer a plain request with 400.
  private boolean answersPlainly(URI base) throws IOException {
    try (var answer = link.send(HttpCall.of("GET", base.resolve("/v2/")))) {
      return answer.status() != 400;
    } catch (LinkException e) {
      if (e.fault() == LinkFault.CUT) {
        return false;
      }
      throw e;
    }
  }
}
