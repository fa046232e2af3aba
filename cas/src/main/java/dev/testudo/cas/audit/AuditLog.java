package dev.testudo.cas.audit;

import dev.testudo.trust.json.Fields;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/// An append-only file of JSON lines. Each line names the SHA-256 of the line before it, the first
/// that of nothing, so that removing or changing one shows. A line is on disk before the answer it
/// belongs to leaves.
public final class AuditLog implements AutoCloseable {
  private static final int LINE_LIMIT = 1 << 20;
  private final FileChannel file;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private long sequence;
  private String head;

  private AuditLog(FileChannel file, InstantSource clock, long sequence, String head) {
    this.file = file;
    this.clock = clock;
    this.sequence = sequence;
    this.head = head;
  }

  /// Opens the log and checks every line of it. An unfinished last line, left by a process that was
  /// killed, is cut off: no answer that depended on it was sent.
  public static AuditLog open(Path path, InstantSource clock) throws IOException {
    var file =
        FileChannel.open(
            path,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      var checked = check(path);
      file.truncate(checked.length());
      file.position(checked.length());
      file.force(true);
      return new AuditLog(file, clock, checked.lines(), checked.head());
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /// Adds an event and waits until it is on disk.
  public void append(AuditEvent event) throws IOException {
    lock.lock();
    try {
      var members =
          new JsonBuilder()
              .put("sequence", sequence + 1)
              .put("at", clock.instant().toString())
              .put("previous", head);
      describe(event, members);
      var line = Json.write(members.build());
      var start = file.position();
      try {
        var buffer = ByteBuffer.allocate(line.length + 1).put(line).put((byte) '\n').flip();
        while (buffer.hasRemaining()) {
          file.write(buffer);
        }
        file.force(false);
      } catch (IOException e) {
        file.truncate(start);
        throw e;
      }
      sequence++;
      head = hash(line);
    } finally {
      lock.unlock();
    }
  }

  private static void describe(AuditEvent event, JsonBuilder members) {
    switch (event) {
      case AuditEvent.Started e ->
          members.put("event", "started").put("version", e.version()).put("key_hash", e.keyHash());
      case AuditEvent.SessionStored e ->
          members
              .put("event", "session-stored")
              .put("session", e.session())
              .put("hash", e.hash())
              .put("revision", e.revision())
              .put("caller", e.caller());
      case AuditEvent.SessionRead e ->
          members
              .put("event", "session-read")
              .put("session", e.session())
              .put("hash", e.hash())
              .put("caller", e.caller());
      case AuditEvent.Attested e ->
          members
              .put("event", "attested")
              .put("service", e.service())
              .put("session_hash", e.sessionHash())
              .put("evidence", e.evidence())
              .put("measurement", e.measurement())
              .put("hardware_attested", e.hardwareAttested())
              .put("secrets", e.secrets());
      case AuditEvent.Refused e ->
          members
              .put("event", "refused")
              .put("action", e.action())
              .put("subject", e.subject())
              .put("caller", e.caller())
              .put("reason", e.reason());
    }
  }

  private record Checked(long length, long lines, String head) {}

  private static Checked check(Path path) throws IOException {
    var line = new ByteArrayOutputStream();
    var checked = new Checked(0, 0, hash(new byte[0]));
    try (var in = new BufferedInputStream(Files.newInputStream(path))) {
      for (var b = in.read(); b >= 0; b = in.read()) {
        if (b != '\n') {
          line.write(b);
          continue;
        }
        checked = next(path, checked, line.toByteArray());
        line.reset();
      }
    }
    return checked;
  }

  private static Checked next(Path path, Checked before, byte[] line) throws IOException {
    var fields = Fields.read(line, LINE_LIMIT, "audit log");
    var sequence = fields.optional("sequence");
    var expected = new JsonValue.JsonNumber(before.lines() + 1);
    if (!fields.text("previous").equals(before.head()) || !sequence.equals(Optional.of(expected))) {
      throw new IOException(
          "%s was changed: line %d does not follow the one before"
              .formatted(path, before.lines() + 1));
    }
    return new Checked(before.length() + line.length + 1, before.lines() + 1, hash(line));
  }

  private static String hash(byte[] line) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(line));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
