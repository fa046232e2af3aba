package dev.testudo.cas.console;

import dev.testudo.cas.catalog.Catalog;
import dev.testudo.cas.catalog.Registered;
import dev.testudo.cas.issue.SecretMaker;
import dev.testudo.cas.issue.SecretValue.CertificateValue;
import dev.testudo.cas.issue.SessionSecrets;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.store.Store;
import dev.testudo.cas.store.Transaction;
import dev.testudo.cas.store.database.StoreException;
import dev.testudo.cas.store.database.UnavailableException;
import dev.testudo.cas.volume.VolumeStates;
import dev.testudo.policy.session.SecretDefinition;
import dev.testudo.policy.session.Service;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.substitution.SecretKind;
import dev.testudo.trust.channel.VolumeStatus;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.trust.json.JsonValue.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The sessions: their services, the names and kinds of their secrets, their imports, their
/// certificates and their volumes. Commands, environments and files of services may contain
/// secrets, so they are left out. Not thread-safe.
final class SessionsView {
  /// The most sessions shown. Each is read in a transaction of its own, so that nobody waits long.
  private static final int MOST = 300;

  /// Collecting them may take this part of the time: one second in so many.
  private static final int SHARE = 20;

  private final Store store;
  private final Catalog catalog;
  private final SecretMaker maker;
  private final VolumeStates volumes;
  private Optional<JsonObject> latest = Optional.empty();
  private long keptUntil;

  SessionsView(Store store, Catalog catalog, SecretMaker maker, VolumeStates volumes) {
    this.volumes = volumes;
    this.store = store;
    this.catalog = catalog;
    this.maker = maker;
  }

  /// Returns the number of all sessions, and the first of them. If there are many, they may be the
  /// ones of some seconds ago.
  JsonObject json() throws IOException {
    var began = System.nanoTime();
    if (latest.isEmpty() || began - keptUntil >= 0) {
      latest = Optional.of(collect());
      var ended = System.nanoTime();
      keptUntil = ended + (ended - began) * SHARE;
    }
    return latest.get();
  }

  private JsonObject collect() throws IOException {
    var names = store.read(Transaction::sessions);
    var shown = new ArrayList<JsonValue>();
    for (var name : names.stream().sorted().limit(MOST).toList()) {
      var parsed = SessionName.parse(name);
      if (parsed.isPresent()) {
        session(parsed.get()).ifPresent(shown::add);
      }
    }
    return new JsonBuilder().put("total", names.size()).put("shown", new JsonArray(shown)).build();
  }

  private Optional<JsonObject> session(SessionName name) throws IOException {
    try {
      return store.read(
          transaction -> {
            var active = catalog.active(transaction, name);
            return active.isPresent()
                ? Optional.of(json(transaction, active.get()))
                : Optional.<JsonObject>empty();
          });
    } catch (UnavailableException e) {
      throw e;
    } catch (StoreException e) {
      // One session that cannot be read hides no others.
      return Optional.of(
          new JsonBuilder()
              .put("name", name.value())
              .put("problem", String.valueOf(e.getMessage()))
              .build());
    }
  }

  private JsonObject json(Transaction transaction, Registered session) throws IOException {
    var row = session.row();
    var secrets = session.session().secrets();
    var opened = opened(transaction, session);
    return new JsonBuilder()
        .put("name", row.name())
        .put("hash", row.hash())
        .put("revision", row.revision())
        .put("creator", row.creator())
        .put("services", session.session().services().stream().map(Service::name).toList())
        .put(
            "secrets",
            new JsonArray(secrets.stream().<JsonValue>map(SessionsView::secret).toList()))
        .put("certificates", new JsonArray(certificates(session, opened)))
        .put(
            "volumes",
            new VolumesView(session.session(), opened, states(transaction, session)).json())
        .build();
  }

  /// Returns what CAS knows about the volumes; nothing if their keys are not available.
  private List<VolumeStatus> states(Transaction transaction, Registered session)
      throws IOException {
    try {
      return volumes.of(transaction, session);
    } catch (Refused e) {
      return List.of();
    }
  }

  private static JsonObject secret(SecretDefinition secret) {
    var json =
        new JsonBuilder()
            .put("name", secret.name().value())
            .put("kind", secret.kind().map(SecretKind::text))
            .put("public", secret.declaration().exportPublic())
            .put("exported", !secret.declaration().exports().isEmpty());
    if (secret instanceof SecretDefinition.Imported imported) {
      json.put("from", imported.from().value()).put("original", imported.original().value());
    }
    return json.build();
  }

  private static List<JsonValue> certificates(Registered session, Optional<SessionSecrets> secrets)
      throws IOException {
    var certificates = new ArrayList<JsonValue>();
    for (var secret : session.session().secrets()) {
      switch (secret) {
        case SecretDefinition.Certificate _, SecretDefinition.Authority _ ->
            certificates.add(certificate(secret, secrets));
        case SecretDefinition.Ascii _,
            SecretDefinition.Binary _,
            SecretDefinition.PrivateKey _,
            SecretDefinition.PublicKey _,
            SecretDefinition.Fragment _,
            SecretDefinition.PgpKey _,
            SecretDefinition.Jwt _,
            SecretDefinition.Imported _ -> {}
      }
    }
    return certificates;
  }

  private Optional<SessionSecrets> opened(Transaction transaction, Registered session)
      throws IOException {
    try {
      return Optional.of(maker.peek(transaction, session));
    } catch (Refused e) {
      return Optional.empty();
    }
  }

  /// Returns true if no other key signed the certificate. Names alone do not tell.
  private static boolean isSelfSigned(CertificateValue certificate) {
    var issued = certificate.certificate();
    return certificate.chain().isEmpty()
        && issued.getSubjectX500Principal().equals(issued.getIssuerX500Principal());
  }

  /// Returns what a certificate says; only its name if it is not issued yet.
  private static JsonObject certificate(SecretDefinition secret, Optional<SessionSecrets> secrets)
      throws IOException {
    var json =
        new JsonBuilder()
            .put("name", secret.name().value())
            .put("kind", secret.kind().map(SecretKind::text));
    try {
      if (secrets.isPresent()
          && secrets.get().value(secret) instanceof CertificateValue certificate) {
        var issued = certificate.certificate();
        json.put("subject", issued.getSubjectX500Principal().getName())
            .put("issuer", issued.getIssuerX500Principal().getName())
            .put("self_signed", isSelfSigned(certificate))
            .put("not_before", issued.getNotBefore().toInstant().toString())
            .put("not_after", issued.getNotAfter().toInstant().toString());
      }
    } catch (Refused e) {
      json.put("problem", e.id().text());
    }
    return json.build();
  }
}
