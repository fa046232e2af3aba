package dev.testudo.volume.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.volume.store.MemoryStore;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Random operations on the content of a file, compared with an array after each. A failure names
/// the seed and the step.
class FileSystemModelTest {
  private static final int STEPS = 3000;
  private static final int LARGEST = 300_000;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void aFileHasTheBytesThatWereWritten(long seed) throws IOException {
    var random = new Random(seed);
    var files =
        FileSystem.open(
            new MemoryStore(4096 << random.nextInt(3), 1 << 14),
            InstantSource.system(),
            FileOwner.ROOT);
    var number =
        files
            .create(KnownInode.ROOT, "f".getBytes(UTF_8), Inode.FILE | 0600, FileOwner.ROOT)
            .number();
    var model = new byte[0];
    for (var step = 0; step < STEPS; step++) {
      int limit = random.nextInt(4) == 0 ? 2000 : LARGEST;
      model = step(files, number, model, random, limit);
      var content = new byte[model.length];
      int count = files.read(number, 0, content, 0, content.length);
      var where = "seed %d, step %d".formatted(seed, step);
      assertEquals(model.length, count, where);
      assertArrayEquals(model, content, where);
      assertEquals(model.length, files.attributes(number).inode().size(), where);
    }
  }

  private static byte[] step(FileSystem files, long number, byte[] model, Random random, int limit)
      throws IOException {
    int offset = random.nextInt(limit);
    int length = 1 + random.nextInt(random.nextBoolean() ? 200 : 40_000);
    return switch (random.nextInt(8)) {
      case 0, 1, 2 -> {
        var bytes = new byte[length];
        random.nextBytes(bytes);
        files.write(number, offset, bytes, 0, length, WriteMode.PLAIN);
        var result = Arrays.copyOf(model, Math.max(model.length, offset + length));
        System.arraycopy(bytes, 0, result, offset, length);
        yield result;
      }
      case 3 -> {
        files.change(number, new AttributeChange().size(offset));
        yield Arrays.copyOf(model, offset);
      }
      case 4 -> {
        files.allocate(number, Allocation.PUNCH_HOLE, offset, length);
        yield zeroed(model, offset, length);
      }
      case 5 -> {
        files.allocate(number, Allocation.ZERO, offset, length);
        yield zeroed(Arrays.copyOf(model, Math.max(model.length, offset + length)), offset, length);
      }
      case 6 -> {
        files.allocate(number, Allocation.EXTEND, offset, length);
        yield Arrays.copyOf(model, Math.max(model.length, offset + length));
      }
      default -> {
        int count = Math.clamp(model.length - offset, 0, length);
        var part = new byte[length];
        assertEquals(count, files.read(number, offset, part, 0, length));
        int from = Math.min(offset, model.length);
        assertArrayEquals(
            Arrays.copyOfRange(model, from, from + count), Arrays.copyOf(part, count));
        yield model;
      }
    };
  }

  private static byte[] zeroed(byte[] model, int offset, int length) {
    var result = model.clone();
    if (offset < result.length) {
      Arrays.fill(result, offset, Math.min(result.length, offset + length), (byte) 0);
    }
    return result;
  }
}
