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
import dev.testudo.cas.store.Store;
import dev.testudo.cas.store.Transaction;
import dev.testudo.policy.session.SecretDefinition;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.source.Spelling;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The values of secrets that their sessions make public (`export_public`). Anybody may read them,
/// so reading creates and renews nothing. An expired certificate is returned as it is, with its end
/// of validity; CAS renews it when a service that uses it attests or when the session is updated. A
/// value that was never created, because another session is incomplete, is listed as missing.
public final class PublicValues {
  private final Store store;
  private final Catalog catalog;
  private final SecretMaker maker;

  /// Creates the service on top of `store`.
  public PublicValues(Store store, Catalog catalog, SecretMaker maker) {
    this.store = store;
    this.catalog = catalog;
    this.maker = maker;
  }

  /// A query for public values.
  ///
  /// @param hash the revision that must be active
  /// @param secret the secret wanted; empty for all public ones
  public record Query(SessionName session, Optional<String> hash, Optional<String> secret) {}

  /// Returns the answer to a query as JSON. Every caller is allowed.
  public byte[] answer(Query query, Caller caller) throws Refused, IOException {
    try {
      var answered = store.read(transaction -> answer(transaction, query));
      store.note(caller, answered.event());
      return Json.write(answered.json().build());
    } catch (Refused e) {
      store.note(caller, AuditEvent.Refused.of("read-values", query.session().value(), e));
      throw e;
    }
  }

  /// An answer with its audit event. Anybody may ask, so the event is noted rather than committed:
  /// a flood of them is only counted.
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
    // Missing and confidential secrets give the same answer, so that names cannot be probed.
    var secret =
        session
            .session()
            .secret(name)
            .filter(s -> s.declaration().exportPublic())
            .orElseThrow(
                () ->
                    new Refused(
                        RefusalId.UNKNOWN_VALUE,
                        "session `%s` has no public value of that name%s"
                            .formatted(session.row().name(), similar(session, name))));
    var json = new JsonBuilder().put("value", SecretText.published(secrets.value(secret)));
    return answered(json, session, List.of(secrets.label(secret.name())));
  }

  /// Names the public secret that is spelled similarly. Names of others stay unknown.
  private static String similar(Registered session, String name) {
    var names =
        session.session().secrets().stream()
            .map(SecretDefinition::declaration)
            .filter(SecretDefinition.Declaration::exportPublic)
            .map(declaration -> declaration.name().value())
            .toList();
    return Spelling.nearest(name, names).map("; did you mean `%s`?"::formatted).orElse("");
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
