package dev.testudo.cas.session;

import dev.testudo.cas.audit.AuditEvent;
import dev.testudo.cas.caller.Caller;
import dev.testudo.cas.catalog.Catalog;
import dev.testudo.cas.catalog.Registered;
import dev.testudo.cas.issue.SecretMaker;
import dev.testudo.cas.issue.SecretText;
import dev.testudo.cas.issue.SecretValue;
import dev.testudo.cas.issue.SessionSecrets;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.store.Outcome;
import dev.testudo.cas.store.Store;
import dev.testudo.cas.store.Transaction;
import dev.testudo.policy.session.SecretDefinition;
import dev.testudo.policy.session.SessionName;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Values of secrets that their sessions make public (`export_public`). Anybody may ask, so
/// asking makes nothing and renews nothing: an expired certificate is answered as it is, with its
/// end. It is renewed when a service that uses it attests, or when the session is updated. One that
/// was never made, because another session has not done its part, is named and not answered.
public final class PublicValues {
  private final Store store;
  private final Catalog catalog;
  private final SecretMaker maker;

  /// Reads from `store`.
  public PublicValues(Store store, Catalog catalog, SecretMaker maker) {
    this.store = store;
    this.catalog = catalog;
    this.maker = maker;
  }

  /// What is asked for.
  ///
  /// @param hash the revision that must be active
  /// @param secret absent: all public ones
  public record Query(SessionName session, Optional<String> hash, Optional<String> secret) {}

  /// The answer to `caller`, who may be anybody, as JSON.
  public byte[] answer(Query query, Caller caller) throws Refused, IOException {
    try {
      var answered =
          store.deliver(
              Optional.of(caller), transaction -> Outcome.unlogged(answer(transaction, query)));
      store.note(caller, answered.event());
      return Json.write(answered.json().build());
    } catch (Refused e) {
      store.note(caller, AuditEvent.Refused.of("read-values", query.session().value(), e));
      throw e;
    }
  }

  /// Anybody may ask, so the log takes these events one by one only as long as there are few.
  private record Answered(JsonBuilder json, AuditEvent event) {}

  private Answered answer(Transaction transaction, Query query) throws Refused, IOException {
    var session =
        catalog
            .active(transaction, query.session())
            .filter(s -> query.hash().isEmpty() || query.hash().get().equals(s.row().hash()))
            .orElseThrow(() -> Sessions.unknown(query.session()));
    var secrets = maker.peek(transaction, session);
    return query.secret().isPresent()
        ? one(session, secrets, query.secret().get())
        : all(session, secrets);
  }

  private static Answered answered(JsonBuilder json, Registered session, List<String> labels) {
    var row = session.row();
    return new Answered(json, new AuditEvent.ValuesRead(row.name(), row.hash(), labels));
  }

  private static Answered one(Registered session, SessionSecrets secrets, String name)
      throws Refused, IOException {
    // One answer for missing and for confidential, so that names cannot be probed.
    var secret =
        session
            .session()
            .secret(name)
            .filter(s -> s.declaration().exportPublic())
            .orElseThrow(
                () ->
                    new Refused(
                        RefusalId.UNKNOWN_VALUE,
                        "session `%s` has no public value of that name"
                            .formatted(session.row().name())));
    var json = new JsonBuilder().put("value", SecretText.published(secrets.value(secret)));
    return answered(json, session, List.of(secrets.label(secret.name())));
  }

  private static Answered all(Registered session, SessionSecrets secrets)
      throws Refused, IOException {
    var values = new JsonBuilder();
    var labels = new ArrayList<String>();
    var missing = new ArrayList<String>();
    for (var secret : session.session().secrets()) {
      if (!secret.declaration().exportPublic()) {
        continue;
      }
      try {
        values.put(secret.name().value(), entry(secret, secrets).build());
        labels.add(secrets.label(secret.name()));
      } catch (Refused e) {
        if (e.id() != RefusalId.SECRET_UNAVAILABLE) {
          throw e;
        }
        missing.add(secret.name().value());
      }
    }
    var json = new JsonBuilder().put("values", values.build());
    if (!missing.isEmpty()) {
      json.put("missing", missing);
    }
    return answered(json, session, labels);
  }

  private static JsonBuilder entry(SecretDefinition secret, SessionSecrets secrets)
      throws Refused, IOException {
    var value = secrets.value(secret);
    var entry = new JsonBuilder().put("kind", value.kind().text());
    if (value instanceof SecretValue.CertificateValue certificate) {
      entry.put("expires", certificate.certificate().getNotAfter().toInstant().toString());
    }
    return entry.put("value", SecretText.published(value));
  }
}
