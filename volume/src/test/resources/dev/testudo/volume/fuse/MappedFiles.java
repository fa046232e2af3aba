import static java.nio.channels.FileChannel.MapMode.READ_ONLY;
import static java.nio.channels.FileChannel.MapMode.READ_WRITE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.CRC32;

/// Changes a file through two mappings and through a channel, as databases in Java do, and says
/// what is in it.
final class MappedFiles {
  public static void main(String[] arguments) throws Exception {
    var file = Path.of(arguments[0], "mapped");
    int pages = 64 * Integer.parseInt(arguments[1]);
    var random = new Random(1);
    try (var channel = FileChannel.open(file, CREATE, READ, WRITE)) {
      var map = channel.map(READ_WRITE, 0, pages * 4096L);
      var other = channel.map(READ_WRITE, 0, pages * 4096L);
      for (var i = 0; i < pages * 4; i++) {
        var bytes = new byte[1 + random.nextInt(5000)];
        random.nextBytes(bytes);
        int at = random.nextInt(pages * 4096 - bytes.length);
        switch (random.nextInt(3)) {
          case 0 -> map.put(at, bytes);
          case 1 -> other.put(at, bytes);
          default -> channel.write(ByteBuffer.wrap(bytes), at);
        }
        if (random.nextInt(40) == 0) {
          map.force(at, bytes.length);
        }
        if (random.nextInt(100) == 0) {
          channel.force(false);
        }
      }
      map.force();
    }
    try (var channel = FileChannel.open(file)) {
      var sum = new CRC32();
      sum.update(channel.map(READ_ONLY, 0, channel.size()));
      System.out.println(channel.size() + " " + sum.getValue());
      var again = new CRC32();
      var read = ByteBuffer.allocate((int) channel.size());
      while (channel.read(read) > 0) {}
      again.update(read.flip());
      System.out.println(again.getValue());
    }
  }
}
