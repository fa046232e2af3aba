package dev.testudo.cas.store.backup;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.cas.store.backup.BackupException.Fault;
import dev.testudo.trust.audit.AuditLine;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.pki.KeyHash;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/// The file of a backup: a first line that names the format, the manifest in one line, and the
/// database. `docs/formats/backup.md` describes it.
public final class BackupFile {
  private static final byte[] FORMAT = "testudo cas backup v1\n".getBytes(US_ASCII);
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final int BLOCK = 64 << 10;

  private BackupFile() {}

  /// Creates an empty file with mode 0600.
  public static void create(Path file) throws IOException {
    Files.createFile(file, OWNER_ONLY);
  }

  /// Writes a backup to `target`, which has mode 0600 and exists completely or not at all.
  ///
  /// @param line the manifest, a line of the audit log
  /// @param database the database that the manifest describes
  /// @throws BackupException if the manifest does not describe the database
  public static BackupManifest write(Path target, byte[] line, Path database) throws IOException {
    var draft = target.resolveSibling(target.getFileName() + ".new");
    var done = false;
    try {
      BackupManifest manifest;
      try (var channel = channel(draft);
          var in = Files.newInputStream(database)) {
        var out = Channels.newOutputStream(channel);
        out.write(FORMAT);
        out.write(line);
        out.write('\n');
        manifest = manifest(line, database);
        copy(in, out, manifest, database);
        channel.force(true);
      }
      Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
      done = true;
      sync(target.resolveSibling("."));
      return manifest;
    } catch (FileAlreadyExistsException e) {
      done = true;
      throw new IOException(
          "`%s` exists; remove it if no other backup is being written".formatted(draft), e);
    } catch (FileSystemException e) {
      throw new IOException("cannot write `%s`: %s".formatted(target, reason(e)), e);
    } catch (BackupException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException("cannot write `%s`: %s".formatted(target, e.getMessage()), e);
    } finally {
      if (!done) {
        Files.deleteIfExists(draft);
      }
    }
  }

  /// Checks the backup in `file` and writes its database to `database`, a new file with mode 0600.
  ///
  /// @param cas the CAS that it must be a backup of, if that is known
  /// @throws BackupException if it is not an intact backup of that CAS. What was written to
  ///     `database` is then of no use
  public static BackupManifest extract(Path file, Optional<KeyHash> cas, Path database)
      throws IOException {
    try (var in = new BufferedInputStream(Files.newInputStream(file), BLOCK);
        var channel = channel(database)) {
      var begin = in.readNBytes(FORMAT.length);
      if (!Arrays.equals(begin, FORMAT)) {
        throw Arrays.equals(begin, Arrays.copyOf(FORMAT, begin.length))
            ? truncated(file)
            : new BackupException(
                Fault.NOT_A_BACKUP, file, "is not a backup, or one of a newer Testudo");
      }
      var manifest = manifest(line(in, file), file);
      if (cas.isPresent() && !cas.get().equals(manifest.cas())) {
        throw new BackupException(
            Fault.FOREIGN_BACKUP, file, "is a backup of the CAS " + manifest.cas());
      }
      copy(in, Channels.newOutputStream(channel), manifest, file);
      if (in.read() >= 0) {
        throw new BackupException(Fault.DAMAGED_BACKUP, file, "has more bytes than CAS wrote");
      }
      channel.force(true);
      return manifest;
    }
  }

  private static String reason(FileSystemException e) {
    return switch (e) {
      case NoSuchFileException _ -> "its directory does not exist";
      case AccessDeniedException _ -> "no permission";
      default -> String.valueOf(e.getReason());
    };
  }

  private static FileChannel channel(Path file) throws IOException {
    return FileChannel.open(
        file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNER_ONLY);
  }

  /// Makes the names in `directory` durable.
  public static void sync(Path directory) throws IOException {
    try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static BackupManifest manifest(byte[] line, Path file) throws BackupException {
    try {
      return BackupManifest.read(line);
    } catch (MessageException e) {
      throw new BackupException(
          Fault.DAMAGED_BACKUP, file, "has no valid manifest: " + e.getMessage());
    }
  }

  private static byte[] line(InputStream in, Path file) throws IOException {
    var line = new ByteArrayOutputStream();
    for (var next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw truncated(file);
      }
      if (line.size() == AuditLine.LIMIT) {
        throw new BackupException(Fault.DAMAGED_BACKUP, file, "has no valid manifest");
      }
      line.write(next);
    }
    return line.toByteArray();
  }

  /// Copies the database and compares it with the manifest.
  private static void copy(InputStream in, OutputStream out, BackupManifest manifest, Path file)
      throws IOException {
    var digest = sha256();
    var block = new byte[BLOCK];
    for (var left = manifest.size(); left > 0; ) {
      var read = in.read(block, 0, (int) Math.min(left, block.length));
      if (read < 0) {
        throw truncated(file);
      }
      digest.update(block, 0, read);
      out.write(block, 0, read);
      left -= read;
    }
    if (!HexFormat.of().formatHex(digest.digest()).equals(manifest.sha256())) {
      throw new BackupException(
          Fault.DAMAGED_BACKUP, file, "was changed: its database is not the one of its manifest");
    }
  }

  /// Returns the SHA-256 hash of a file, in hexadecimal.
  public static String sha256(Path file) throws IOException {
    var digest = sha256();
    try (var in = Files.newInputStream(file)) {
      var block = new byte[BLOCK];
      for (var read = in.read(block); read >= 0; read = in.read(block)) {
        digest.update(block, 0, read);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static BackupException truncated(Path file) {
    return new BackupException(Fault.TRUNCATED_BACKUP, file, "is not complete: its end is missing");
  }
}
