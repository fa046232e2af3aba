package dev.testudo.cas.session;

import dev.testudo.cas.caller.Caller;
import dev.testudo.cas.issue.Catalog;
import dev.testudo.cas.issue.Registered;
import dev.testudo.cas.issue.SecretKeeper;
import dev.testudo.cas.issue.SecretText;
import dev.testudo.cas.issue.SecretValue;
import dev.testudo.cas.issue.Wallet;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.store.Store;
import dev.testudo.cas.store.Transaction;
import dev.testudo.policy.session.SecretDefinition;
import dev.testudo.policy.session.SessionName;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import java.io.IOException;
import java.util.Optional;

/// Values of secrets that their sessions make public (`export_public`). Anybody may ask.
public final class PublicValues {
  private final Store store;
  private final Catalog catalog;
  private final SecretKeeper keeper;

  /// Reads from `store`.
  public PublicValues(Store store, Catalog catalog, SecretKeeper keeper) {
    this.store = store;
    this.catalog = catalog;
    this.keeper = keeper;
  }

  /// What is asked for.
  ///
  /// @param hash the revision that must be active
  /// @param secret absent: all public ones
  public record Query(SessionName session, Optional<String> hash, Optional<String> secret) {}

  /// The answer to `caller`, who may be anybody, as JSON.
  public byte[] answer(Query query, Caller caller) throws Refused, IOException {
    return store.transact(transaction -> answer(transaction, query));
  }

  private byte[] answer(Transaction transaction, Query query) throws Refused, IOException {
    var session =
        catalog
            .active(transaction, query.session())
            .filter(s -> query.hash().isEmpty() || query.hash().get().equals(s.row().hash()))
            .orElseThrow(() -> Sessions.unknown(query.session()));
    var wallet = keeper.open(transaction, session);
    return Json.write(
        query.secret().isPresent()
            ? one(session, wallet, query.secret().get()).build()
            : new JsonBuilder().put("values", all(session, wallet).build()).build());
  }

  private static JsonBuilder one(Registered session, Wallet wallet, String name)
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
    return new JsonBuilder().put("value", SecretText.published(wallet.value(secret)));
  }

  private static JsonBuilder all(Registered session, Wallet wallet) throws Refused, IOException {
    var values = new JsonBuilder();
    for (var secret : session.session().secrets()) {
      if (secret.declaration().exportPublic()) {
        values.put(secret.name().value(), entry(secret, wallet).build());
      }
    }
    return values;
  }

  private static JsonBuilder entry(SecretDefinition secret, Wallet wallet)
      throws Refused, IOException {
    var value = wallet.value(secret);
    var entry = new JsonBuilder().put("kind", value.kind().text());
    if (value instanceof SecretValue.CertificateValue certificate) {
      entry.put("expires", certificate.certificate().getNotAfter().toInstant().toString());
    }
    return entry.put("value", SecretText.published(value));
  }
}
