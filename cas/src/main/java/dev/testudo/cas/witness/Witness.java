package dev.testudo.cas.witness;

import dev.testudo.cas.audit.AuditEvent;
import dev.testudo.cas.caller.Caller;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.store.Outcome;
import dev.testudo.cas.store.Store;
import dev.testudo.cas.store.log.FileAnchor;
import dev.testudo.trust.audit.AnchoredHead;
import dev.testudo.trust.channel.WitnessedHead;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Keeps the newest line of the audit log of each CAS that the operator names, in a file each. A
/// line replaces only the one that its CAS expects, and only an older one, unless the operator of
/// that CAS accepts something else. Thread-safe.
///
/// The files are not in the database: a CAS that waits for its witness within a transaction never
/// waits for a transaction of the witness.
public final class Witness implements AutoCloseable {
  private final Path directory;
  private final Set<KeyHash> witnessed;
  private final Store store;
  private final Map<KeyHash, FileAnchor> heads = new HashMap<>();

  /// Creates a witness that keeps its files below `state`.
  ///
  /// @param witnessed the keys of the CAS that it is for
  public Witness(Path state, Set<KeyHash> witnessed, Store store) throws IOException {
    this.directory = state.resolve("witnessed");
    this.witnessed = Set.copyOf(witnessed);
    this.store = store;
    if (!witnessed.isEmpty() && !Files.isDirectory(directory)) {
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
  }

  /// Returns the line of the caller's log, as JSON.
  public byte[] head(Caller caller) throws Refused, IOException {
    try {
      var line = last(requireWitnessed(caller));
      return answer(line);
    } catch (Refused e) {
      store.note(caller, AuditEvent.Refused.of("read-head", "", e));
      throw e;
    }
  }

  private static byte[] answer(Optional<AnchoredHead> line) {
    return Json.write(new JsonBuilder().put("head", line.map(AnchoredHead::toString)).build());
  }

  private KeyHash requireWitnessed(Caller caller) throws Refused {
    var key = caller.requireKey();
    if (!witnessed.contains(key)) {
      throw new Refused(
          RefusalId.NOT_PERMITTED, "this CAS is no witness of a CAS with the key " + key);
    }
    return key;
  }

  /// Stores another line of the caller's log, and returns it as JSON.
  public byte[] put(byte[] body, Caller caller) throws Refused, IOException {
    try {
      var message = WitnessedHead.decode(body);
      var cas = requireWitnessed(caller);
      if (message.accepted()) {
        // Before the change, because it cannot be undone.
        demand(cas, message);
        var event =
            new AuditEvent.HeadAccepted(
                cas.text(), last(cas).map(AnchoredHead::toString), message.head().toString());
        store.transact(Optional.of(caller), _ -> Outcome.of(true, event));
      }
      return answer(Optional.of(replace(cas, message)));
    } catch (MessageException e) {
      throw new Refused(RefusalId.MALFORMED_REQUEST, String.valueOf(e.getMessage()));
    } catch (Refused e) {
      store.note(caller, AuditEvent.Refused.of("store-head", "", e));
      throw e;
    }
  }

  private synchronized Optional<AnchoredHead> last(KeyHash cas) throws IOException {
    return file(cas).last();
  }

  private synchronized AnchoredHead replace(KeyHash cas, WitnessedHead message)
      throws Refused, IOException {
    demand(cas, message);
    if (message.accepted()) {
      file(cas).accept(message.head());
    } else {
      file(cas).set(message.head());
    }
    return message.head();
  }

  /// Checks that a line may replace the one that is stored. One that is stored already may.
  private void demand(KeyHash cas, WitnessedHead message) throws Refused, IOException {
    var stored = last(cas);
    if (stored.equals(Optional.of(message.head()))) {
      return;
    }
    var goesBack = stored.isPresent() && !message.head().isAfter(stored.get());
    if (!stored.equals(message.before()) || (goesBack && !message.accepted())) {
      throw new Refused(
          RefusalId.OTHER_HEAD,
          "the witness has %s".formatted(stored.map(head -> "head " + head).orElse("no head")));
    }
  }

  private FileAnchor file(KeyHash cas) throws IOException {
    var open = heads.get(cas);
    if (open == null) {
      open = FileAnchor.open(directory.resolve(cas.text()), cas.text());
      heads.put(cas, open);
    }
    return open;
  }

  @Override
  public synchronized void close() throws IOException {
    for (var file : heads.values()) {
      file.close();
    }
    heads.clear();
  }
}
