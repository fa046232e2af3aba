package dev.testudo.dist;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.file.FileOwner;
import dev.testudo.volume.file.FileSystem;
import dev.testudo.volume.file.Inode;
import dev.testudo.volume.file.KnownInode;
import dev.testudo.volume.file.RenameMode;
import dev.testudo.volume.file.WriteMode;
import dev.testudo.volume.store.DirectoryBacking;
import dev.testudo.volume.store.Expected;
import dev.testudo.volume.store.VolumeOptions;
import dev.testudo.volume.store.VolumeShape;
import dev.testudo.volume.store.WritableVolume;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;

/// What an encrypted volume does when programs use it, without a mount, which needs privileges. The
/// cache keeps what the JVM learns about this code, so that a volume that was just opened is soon
/// as fast as one that is used for minutes.
final class VolumeTraining implements AutoCloseable {
  /// The largest transfer of the kernel.
  private static final int LARGE = 1 << 20;

  private static final int SMALL = 4096;
  private static final int STREAM = 32;
  private static final int OPERATIONS = 2000;
  private static final int SYNCS = 200;

  private final FileSystem files;
  private final byte[] buffer = new byte[LARGE];

  private VolumeTraining(FileSystem files) {
    this.files = files;
  }

  /// Trains with a volume in an empty directory.
  static void run(Path directory) throws IOException {
    try (var training = new VolumeTraining(open(directory))) {
      training.streams();
      training.syncs();
      training.names();
    }
  }

  private static FileSystem open(Path directory) throws IOException {
    try (var key = Secret.taking(new byte[32])) {
      var volume =
          WritableVolume.open(
              DirectoryBacking.locked(directory),
              key,
              new Expected.New(),
              VolumeShape.USUAL,
              VolumeOptions.USUAL);
      return FileSystem.open(volume, InstantSource.system(), FileOwner.ROOT);
    }
  }

  private static byte[] name(int number) {
    return ("file-" + number).getBytes(US_ASCII);
  }

  private long create(int number) throws IOException {
    return files.create(KnownInode.ROOT, name(number), Inode.FILE | 0644, FileOwner.ROOT).number();
  }

  private void streams() throws IOException {
    long file = create(0);
    for (var i = 0; i < STREAM; i++) {
      files.write(file, (long) i * LARGE, buffer, 0, LARGE, WriteMode.PLAIN);
    }
    files.sync();
    for (var i = 0; i < STREAM; i++) {
      files.read(file, (long) i * LARGE, buffer, 0, LARGE);
    }
  }

  private void syncs() throws IOException {
    long file = create(1);
    Arrays.fill(buffer, (byte) 1);
    for (var i = 0; i < OPERATIONS; i++) {
      long offset = (long) (i * 37 % OPERATIONS) * SMALL;
      files.write(file, offset, buffer, 0, SMALL, WriteMode.PLAIN);
      if (i < SYNCS) {
        files.sync();
      }
      files.read(file, offset, buffer, 0, SMALL);
    }
  }

  private void names() throws IOException {
    for (var i = 2; i < OPERATIONS; i++) {
      long file = create(i);
      files.write(file, 0, buffer, 0, SMALL / 4, WriteMode.PLAIN);
      files.attributes(file);
      files.forget(file, 1);
    }
    for (var i = 2; i < OPERATIONS; i++) {
      var found = files.lookup(KnownInode.ROOT, name(i));
      if (found.isPresent()) {
        files.forget(found.get().number(), 1);
      }
      files.rename(KnownInode.ROOT, name(i), KnownInode.ROOT, name(-i), RenameMode.REPLACE);
      files.unlink(KnownInode.ROOT, name(-i));
    }
  }

  @Override
  public void close() throws IOException {
    files.close();
  }
}
