package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.files.PrivateFiles;
import dev.testudo.policy.session.SessionHash;
import dev.testudo.policy.session.SessionName;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.TreeMap;

/// The sessions that `testudo apply` registered last, and the CAS of each. The file has a line for
/// each session: the key of CAS, the session's name and its hash.
final class LastRegistered {
  private static final int LIMIT = 4 << 20;
  private final Path file;
  private final TreeMap<Key, SessionHash> hashes = new TreeMap<>();

  private record Key(String cas, SessionName session) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      var byCas = cas.compareTo(other.cas);
      return byCas != 0 ? byCas : session.compareTo(other.session);
    }
  }

  private LastRegistered(Path file) {
    this.file = file;
  }

  /// Reads `file`; a file that does not exist counts as empty.
  ///
  /// @throws CommandFailed if it does not have this format
  static LastRegistered in(Path file) throws IOException, CommandFailed {
    var last = new LastRegistered(file);
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return last;
    }
    if (Files.size(file) > LIMIT) {
      throw last.unusable(1);
    }
    var number = 0;
    for (var line : Files.readString(file, UTF_8).lines().toList()) {
      number++;
      var words = line.split(" ", -1);
      var cas = KeyHash.parse(words[0]);
      var name = words.length == 3 ? SessionName.parse(words[1]) : Optional.<SessionName>empty();
      var hash = words.length == 3 ? SessionHash.parse(words[2]) : Optional.<SessionHash>empty();
      if (cas.isEmpty() || name.isEmpty() || hash.isEmpty()) {
        throw last.unusable(number);
      }
      last.hashes.put(new Key(cas.get().text(), name.get()), hash.get());
    }
    return last;
  }

  private CommandFailed unusable(int line) {
    return CommandFailed.environment(
        "%s:%d: this is not what `testudo apply` writes; remove the file, and `apply` asks about every session that differs"
            .formatted(file, line));
  }

  /// Returns the hash of the session that was last registered under the given name.
  Optional<SessionHash> hash(KeyHash cas, SessionName session) {
    return Optional.ofNullable(hashes.get(new Key(cas.text(), session)));
  }

  /// Records that the session with the given hash was registered, and writes the file.
  void put(KeyHash cas, SessionName session, SessionHash hash) throws IOException {
    if (hash.equals(hashes.put(new Key(cas.text(), session), hash))) {
      return;
    }
    var text = new StringBuilder();
    hashes.forEach(
        (key, value) -> text.append("%s %s %s\n".formatted(key.cas(), key.session(), value.hex())));
    PrivateFiles.replace(file, text.toString());
  }
}
