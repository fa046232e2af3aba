package dev.testudo.policy.session.read;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import java.util.HashMap;
import java.util.Optional;
import java.util.Set;

/// A reference to a session in one line: `HOST/cas_key=…,session=…,session_hash=…`. Without a host,
/// `/session=…,session_hash=…`, it means a session of the same CAS.
///
/// @param host the address of another CAS; empty for this one
/// @param session the name of the session
/// @param hash the revision that it must have
/// @param keyed true if it names the key of a CAS
record SessionUrl(String host, Text session, Optional<Text> hash, boolean keyed) {
  private static final Set<String> KEYS =
      Set.of("cas_key", "cas_software_key", "session", "session_hash");

  /// Returns true if a text is such a reference. Names of sessions contain no `=`.
  static boolean isOne(Text text) {
    return text.value().indexOf('=') >= 0;
  }

  /// Returns true if the reference leads to another CAS.
  boolean isRemote() {
    return !host.isEmpty() || keyed;
  }

  static Optional<SessionUrl> parse(Text text, Problems problems) {
    var slash = text.value().indexOf('/');
    if (slash < 0 || slash > text.value().indexOf('=')) {
      return invalid(text, "it begins with `/` or with the host of another CAS", problems);
    }
    var values = new HashMap<String, Text>();
    var from = slash + 1;
    for (var part : text.value().substring(from).split(",", -1)) {
      var equals = part.indexOf('=');
      var key = equals < 0 ? part : part.substring(0, equals);
      if (equals < 0 || !KEYS.contains(key) || values.containsKey(key)) {
        return invalid(text, "`%s` is not known there, or is there twice".formatted(key), problems);
      }
      var start = from + equals + 1;
      values.put(key, new Text(part.substring(equals + 1), text.part(start, from + part.length())));
      from += part.length() + 1;
    }
    var session = values.get("session");
    if (session == null) {
      return invalid(text, "`session=` is missing", problems);
    }
    return Optional.of(
        new SessionUrl(
            text.value().substring(0, slash),
            session,
            Optional.ofNullable(values.get("session_hash")),
            values.containsKey("cas_key") || values.containsKey("cas_software_key")));
  }

  private static Optional<SessionUrl> invalid(Text text, String label, Problems problems) {
    problems.add(
        Diagnostic.error(
                DiagnosticId.INVALID_VALUE, text.span(), "this does not refer to a session")
            .labelled(label)
            .helped("write `/session=NAME` or `/session=NAME,session_hash=HASH`"));
    return Optional.empty();
  }
}
