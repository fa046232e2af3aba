package dev.testudo.trust.channel;

import dev.testudo.policy.session.ServiceId;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/// What people and tools ask of CAS. Refusals are [CasException]; any other [IOException] means
/// that CAS was not reached or was not the pinned one.
public final class CasClient implements AutoCloseable {
  private static final int SMALL = 64 << 10;
  private static final int VALUE = 1 << 20;
  private final CasHttp http;
  private Consumer<String> warnings = _ -> {};

  /// Speaks to the CAS at `address` whose key is `pin`, as `me`. Nothing is sent yet.
  public CasClient(CasAddress address, KeyHash pin, Identity me) {
    this.http = new CasHttp(address, pin, me);
  }

  /// Tells `listener` what CAS warns of when it takes a session: what a service will be refused for
  /// until another session does its part.
  public void onWarning(Consumer<String> listener) {
    warnings = listener;
  }

  /// Registers a session and returns its hash. A session that is there already, word for word,
  /// stays as it is.
  public String createSession(String yaml) throws IOException {
    var answer =
        http.post("/v1/sessions", "application/x-yaml", yaml.getBytes(StandardCharsets.UTF_8));
    var fields = JsonMembers.read(answer, SMALL, "answer");
    var hash = fields.text("hash");
    var warned = fields.has("warnings") ? fields.texts("warnings") : List.<String>of();
    fields.done();
    warned.forEach(warnings);
    return hash;
  }

  /// Replaces the active session `name` by `yaml`, whose `predecessor` is filled in, and returns
  /// the new hash. Nothing happens if only the predecessor differs.
  public String updateSession(String name, String yaml) throws IOException {
    var active = readSession(name);
    if (PredecessorLine.withoutPredecessor(active.yaml())
        .equals(PredecessorLine.withoutPredecessor(yaml))) {
      return active.hash();
    }
    return createSession(PredecessorLine.withPredecessor(yaml, active.hash()));
  }

  /// Creates session `name`, or updates it if it is there.
  public String applySession(String name, String yaml) throws IOException {
    try {
      return updateSession(name, yaml);
    } catch (CasException e) {
      if (e.status() == 404) {
        return createSession(yaml);
      }
      throw e;
    }
  }

  /// The active session `name`.
  public SessionReply readSession(String name) throws IOException {
    return SessionReply.decode(http.get("/v1/sessions/" + name));
  }

  /// The revision of session `name` with this hash.
  public SessionReply readSession(String name, String hash) throws IOException {
    return SessionReply.decode(http.get("/v1/sessions/%s?hash=%s".formatted(name, hash)));
  }

  /// Deletes session `name`, whose active revision must be the one with this hash.
  public void deleteSession(String name, String hash) throws IOException {
    http.delete("/v1/sessions/%s?hash=%s".formatted(name, hash));
  }

  /// The value of a secret that its session makes public.
  public String publicValue(String session, String secret) throws IOException {
    var answer = http.get("/v1/values/session=%s,secret=%s".formatted(session, secret));
    var fields = JsonMembers.read(answer, VALUE, "answer");
    var value = fields.text("value");
    fields.done();
    return value;
  }

  /// Has CAS make a join token for a service.
  public NewJoinToken createJoinToken(ServiceId service, JoinTokenOrder order) throws IOException {
    return NewJoinToken.decode(http.post(tokens(service), "application/json", order.encode()));
  }

  /// The join tokens of a service, the oldest first.
  public List<JoinTokenStatus> joinTokens(ServiceId service) throws IOException {
    return JoinTokenStatus.decode(http.get(tokens(service)));
  }

  /// Makes CAS forget the join token `id` of a service: nobody joins with it any more.
  public void revokeJoinToken(ServiceId service, String id) throws IOException {
    http.delete(tokens(service) + ",id=" + id);
  }

  /// The same for all of `tokens`, of which CAS may have forgotten some already: it does so with
  /// those that nobody joins with any more, when it makes another.
  public void revokeJoinTokens(ServiceId service, List<JoinTokenStatus> tokens) throws IOException {
    for (var token : tokens) {
      try {
        revokeJoinToken(service, token.id());
      } catch (CasException e) {
        if (!e.problem().id().equals("unknown-token")) {
          throw e;
        }
      }
    }
  }

  /// Why the request of that name was refused. For those who may read the session it was about.
  public RefusalReport why(String request) throws IOException {
    return RefusalReport.decode(http.get("/v1/refusals/" + request));
  }

  private static String tokens(ServiceId service) {
    return "/v1/tokens/session=%s,service=%s".formatted(service.session(), service.service());
  }

  /// The version of CAS.
  public String version() throws IOException {
    var fields = JsonMembers.read(http.get("/v1/version"), SMALL, "answer");
    var version = fields.text("version");
    fields.done();
    return version;
  }

  /// Whether CAS is there, has the pinned key, and serves.
  public boolean healthy() {
    try {
      http.get("/healthz");
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /// Ends what is under way.
  @Override
  public void close() {
    http.close();
  }
}
