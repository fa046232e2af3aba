package dev.testudo.trust.channel;

import dev.testudo.policy.session.ServiceId;
import dev.testudo.policy.session.SessionName;
import dev.testudo.trust.approval.ApprovalStatus;
import dev.testudo.trust.approval.EncryptedBundle;
import dev.testudo.trust.approval.SessionBundle;
import dev.testudo.trust.approval.SessionDiff;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.pki.EncryptionPublicKey;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// A client of CAS for people and tools. Methods throw [CasException] if CAS refuses; any other
/// [IOException] means that CAS cannot be reached or does not have the pinned key.
public final class CasClient implements AutoCloseable {
  private static final int SMALL = 64 << 10;
  private static final int VALUE = 1 << 20;
  private static final Duration BRIEF = Duration.ofSeconds(20);
  private final CasHttp http;
  private Consumer<String> warnings = _ -> {};

  /// Creates a client of the CAS at `address` with the key `pin`. Requests are made as
  /// `me`. Sends nothing yet.
  public CasClient(CasAddress address, KeyHash pin, Identity me) {
    this(new CasHttp(address, pin, me));
  }

  private CasClient(CasHttp http) {
    this.http = http;
  }

  /// Creates a client for callers whom others tell which CAS to ask. It waits for an answer for at
  /// most 20 seconds, and answers have at most 64 KiB: enough for everything but sessions and
  /// values.
  public static CasClient brief(CasAddress address, KeyHash pin, Identity me) {
    return new CasClient(new CasHttp(address, pin, me, BRIEF, SMALL));
  }

  /// Sets the listener for warnings. When CAS registers a session, it warns of services that it
  /// will refuse until another session is complete.
  public void onWarning(Consumer<String> listener) {
    warnings = listener;
  }

  /// Registers a session and returns its hash. A session that is already stored with the same
  /// text stays as it is.
  public String createSession(String yaml) throws IOException {
    return registered(
        http.post("/v1/sessions", "application/x-yaml", yaml.getBytes(StandardCharsets.UTF_8)));
  }

  /// Registers the session of a bundle with the signatures in it, and returns its hash.
  public String registerBundle(SessionBundle bundle) throws IOException {
    return registered(http.post("/v1/bundles", "application/json", bundle.encode()));
  }

  /// Registers the session of an encrypted bundle, and returns its hash.
  public String registerEncrypted(EncryptedBundle bundle) throws IOException {
    return registered(http.post("/v1/bundles/encrypted", "application/json", bundle.encode()));
  }

  /// Returns the key to which bundles for this CAS are encrypted.
  public EncryptionPublicKey encryptionKey() throws IOException {
    var fields = JsonMembers.read(http.get("/v1/encryption-key"), SMALL, "answer");
    var key = EncryptionPublicKey.parse(fields.text("encryption_key"));
    fields.done();
    return key.orElseThrow(() -> fields.wrong("encryption_key", "64 hexadecimal digits"));
  }

  /// Returns who has signed a bundle, who is missing, and whether CAS would register it.
  public ApprovalStatus status(SessionBundle bundle) throws IOException {
    return ApprovalStatus.decode(
        http.post("/v1/bundles/status", "application/json", bundle.encode()));
  }

  /// Returns what would change if a session were registered. Changes nothing.
  public SessionDiff diff(String yaml) throws IOException {
    return SessionDiff.decode(
        http.post("/v1/diff", "application/x-yaml", yaml.getBytes(StandardCharsets.UTF_8)));
  }

  /// Returns the names of all sessions directly in `namespace`, sorted.
  public List<String> listSessions(String namespace) throws IOException {
    var all = new ArrayList<String>();
    for (var after = ""; ; after = "&after=" + all.getLast()) {
      var answer = http.get("/v1/sessions?namespace=%s%s".formatted(namespace, after));
      var fields = JsonMembers.read(answer, VALUE, "answer");
      var names = fields.texts("sessions");
      var more = fields.bool("more");
      fields.done();
      all.addAll(names);
      if (!more || names.isEmpty()) {
        return all;
      }
    }
  }

  private String registered(byte[] answer) throws IOException {
    var fields = JsonMembers.read(answer, SMALL, "answer");
    var hash = fields.text("hash");
    var warned = fields.has("warnings") ? fields.texts("warnings") : List.<String>of();
    fields.done();
    warned.forEach(warnings);
    return hash;
  }

  /// Replaces the active session `name` by `yaml`, with its `predecessor` filled in, and returns
  /// the new hash. Does nothing if only the predecessor differs.
  public String updateSession(String name, String yaml) throws IOException {
    var active = readSession(name);
    if (PredecessorLine.withoutPredecessor(active.yaml())
        .equals(PredecessorLine.withoutPredecessor(yaml))) {
      return active.hash();
    }
    return createSession(PredecessorLine.withPredecessor(yaml, active.hash()));
  }

  /// Creates the session `name`, or updates it if it exists.
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

  /// Returns the active session `name`.
  public SessionReply readSession(String name) throws IOException {
    return SessionReply.decode(http.get("/v1/sessions/" + name));
  }

  /// Returns the revision of session `name` with the given hash.
  public SessionReply readSession(String name, String hash) throws IOException {
    return SessionReply.decode(http.get("/v1/sessions/%s?hash=%s".formatted(name, hash)));
  }

  /// Deletes session `name`. Its active revision must have the given hash.
  public void deleteSession(String name, String hash) throws IOException {
    http.delete("/v1/sessions/%s?hash=%s".formatted(name, hash));
  }

  /// Returns the value of a secret that its session makes public.
  public String publicValue(String session, String secret) throws IOException {
    var answer = http.get("/v1/values/session=%s,secret=%s".formatted(session, secret));
    var fields = JsonMembers.read(answer, VALUE, "answer");
    var value = fields.text("value");
    fields.done();
    return value;
  }

  /// Creates a join token for a service.
  public NewJoinToken createJoinToken(ServiceId service, JoinTokenOrder order) throws IOException {
    return NewJoinToken.decode(http.post(tokens(service), "application/json", order.encode()));
  }

  /// Returns the join tokens of a service, oldest first.
  public List<JoinTokenStatus> joinTokens(ServiceId service) throws IOException {
    return JoinTokenStatus.decode(http.get(tokens(service)));
  }

  /// Revokes a join token of a service: no instance can join with it any more.
  public void revokeJoinToken(ServiceId service, String id) throws IOException {
    http.delete(tokens(service) + ",id=" + id);
  }

  /// Revokes all of `tokens`. CAS may have removed some of them already, which it does with used-up
  /// and expired tokens when it creates another.
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

  /// Returns why a request was refused, by the request's id. Only callers that may read the session
  /// concerned get an answer.
  public RefusalReport why(String request) throws IOException {
    return RefusalReport.decode(http.get("/v1/refusals/" + request));
  }

  /// Returns the latest refusals that concern a session. Only callers that may read it get an
  /// answer.
  public RefusalList refusals(String session) throws IOException {
    return RefusalList.decode(http.get("/v1/refusals?session=" + session));
  }

  /// Returns the volumes of a session, those that it imports included.
  public List<VolumeStatus> volumes(SessionName session) throws IOException {
    return VolumeStatus.decode(http.get("/v1/volumes?session=" + session.value()));
  }

  /// Makes CAS accept a state of a volume, and returns what CAS knows about the volume then.
  public VolumeStatus accept(AcceptedTag tag) throws IOException {
    var answer = http.post("/v1/volumes/accept", "application/json", tag.encode());
    var volumes = VolumeStatus.decode(answer);
    if (volumes.size() != 1) {
      throw new IOException("CAS answered something else than it was asked");
    }
    return volumes.getFirst();
  }

  private static String tokens(ServiceId service) {
    return "/v1/tokens/session=%s,service=%s".formatted(service.session(), service.service());
  }

  /// Returns the version of CAS.
  public String version() throws IOException {
    var fields = JsonMembers.read(http.get("/v1/version"), SMALL, "answer");
    var version = fields.text("version");
    fields.done();
    return version;
  }

  /// Returns true if CAS can be reached, has the pinned key, and is healthy.
  public boolean healthy() {
    try {
      http.get("/healthz");
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /// Cancels requests under way.
  @Override
  public void close() {
    http.close();
  }
}
