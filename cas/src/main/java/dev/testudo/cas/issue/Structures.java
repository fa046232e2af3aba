package dev.testudo.cas.issue;

import dev.testudo.cas.catalog.Catalog;
import dev.testudo.cas.catalog.Registered;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.store.NotAtHand;
import dev.testudo.cas.store.SessionRow;
import dev.testudo.cas.store.Transaction;
import dev.testudo.policy.session.Insertion;
import dev.testudo.policy.session.OpenPlace;
import dev.testudo.policy.session.OpenPlace.Area;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.read.SessionParser;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.substitution.Placeholder;
import dev.testudo.policy.substitution.SecretFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Completes sessions whose structure contains placeholders with the current values of the secrets.
/// Whatever cannot be completed is refused.
final class Structures {
  /// The most completed sessions that are kept for reuse.
  private static final int MOST = 32;

  /// The most diagnostics that a refusal tells of.
  private static final int MOST_TOLD = 8;

  private record Known(String hash, Map<OpenPlace, Insertion> insertions) {}

  private final Map<Known, Parsed<Session>> lately =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Known, Parsed<Session>> eldest) {
          return size() > MOST;
        }
      };

  /// Returns the session without open places. `secrets` are its own.
  ///
  /// @throws Refused if a value is not available or does not fit. The refusal names places and ids
  ///     only: it may go to callers that may not see the value.
  Registered completed(Transaction transaction, Registered session, SessionSecrets secrets)
      throws Refused, IOException {
    if (session.session().open().isEmpty()) {
      return session;
    }
    var missing = new ArrayList<String>();
    var insertions = new HashMap<OpenPlace, Insertion>();
    for (var place : session.session().open()) {
      insertions.put(place, insertion(place, secrets, missing));
    }
    return switch (parsed(transaction, session.row(), Map.copyOf(insertions))) {
      case Parsed.Valid<Session>(var completed, _) -> new Registered(session.row(), completed);
      case Parsed.Invalid<Session>(var problems) -> {
        var told = new ArrayList<>(missing);
        problems.stream()
            .filter(Diagnostic::isError)
            .limit(MOST_TOLD)
            .map(d -> "%s (%s)".formatted(d.id(), d.span().place()))
            .forEach(told::add);
        throw new Refused(
            RefusalId.SECRET_UNAVAILABLE,
            "session `%s` cannot be used: what its placeholders stand for does not fit"
                .formatted(session.row().name()),
            told);
      }
    };
  }

  /// Parses a session with its insertions. A long text is parsed while no transaction waits for it.
  private Parsed<Session> parsed(
      Transaction transaction, SessionRow row, Map<OpenPlace, Insertion> insertions)
      throws NotAtHand {
    var known = new Known(row.hash(), insertions);
    synchronized (lately) {
      var earlier = lately.get(known);
      if (earlier != null) {
        return earlier;
      }
    }
    if (!transaction.mayTakeLong()) {
      throw new NotAtHand(() -> parse(row, known));
    }
    return parse(row, known);
  }

  private Parsed<Session> parse(SessionRow row, Known known) {
    var source = Catalog.source(row.name(), row.yaml());
    var parsed = SessionParser.completed(source, known.insertions());
    synchronized (lately) {
      lately.put(known, parsed);
    }
    return parsed;
  }

  /// Returns what is inserted at a place. An entry of an access policy whose value is not available
  /// names nobody; elsewhere the policy is unknown without the value.
  private static Insertion insertion(OpenPlace place, SessionSecrets secrets, List<String> missing)
      throws Refused, IOException {
    var names = place.area() == Area.ACCESS_POLICY;
    SecretValue value;
    try {
      value = secrets.value(place.secret());
    } catch (Refused e) {
      if (!names || e.id() != RefusalId.SECRET_UNAVAILABLE) {
        throw e;
      }
      missing.add(e.message());
      return new Insertion.Nothing();
    }
    return switch (value) {
      case SecretValue.FragmentValue(var fragment) when isPlain(place) ->
          new Insertion.Structure(fragment);
      case SecretValue _ when names -> new Insertion.Nothing();
      case SecretValue.Ascii _, SecretValue.Binary _ -> characters(place, secrets);
      case SecretValue _ -> throw unsuitable(place, value);
    };
  }

  private static boolean isPlain(OpenPlace place) {
    return place.format() == SecretFormat.DEFAULT;
  }

  private static Insertion characters(OpenPlace place, SessionSecrets secrets)
      throws Refused, IOException {
    var span = secrets.session().session().source().whole();
    var placeholder = new Placeholder(place.secret(), place.format(), false, span);
    SecretText.requireText(placeholder, secrets);
    try (var written = SecretText.written(placeholder, secrets)) {
      return new Insertion.Characters(
          written.reveal(bytes -> new String(bytes, StandardCharsets.UTF_8)));
    }
  }

  private static Refused unsuitable(OpenPlace place, SecretValue value) {
    return new Refused(
        RefusalId.SECRET_UNAVAILABLE,
        "secret `%s` is of kind `%s`, which cannot be part of a policy's structure in this form"
            .formatted(place.secret(), value.kind()));
  }

  /// Returns why the session cannot be used yet, if it cannot.
  Optional<String> fault(Transaction transaction, Registered session, SessionSecrets secrets)
      throws IOException {
    try {
      completed(transaction, session, secrets);
      return Optional.empty();
    } catch (Refused e) {
      var details = e.problems().isEmpty() ? "" : ": " + String.join("; ", e.problems());
      return Optional.of(e.message() + details);
    }
  }
}
