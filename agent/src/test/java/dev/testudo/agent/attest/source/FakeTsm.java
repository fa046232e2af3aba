package dev.testudo.agent.attest.source;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.linux.fuse.FuseAttributes;
import dev.testudo.linux.fuse.FuseCreation;
import dev.testudo.linux.fuse.FuseDirectory;
import dev.testudo.linux.fuse.FuseEntry;
import dev.testudo.linux.fuse.FuseError;
import dev.testudo.linux.fuse.FuseLifetimes;
import dev.testudo.linux.fuse.FuseOpened;
import dev.testudo.linux.fuse.FuseOperations;
import dev.testudo.linux.fuse.FuseOwnership;
import dev.testudo.linux.fuse.FuseRead;
import dev.testudo.linux.fuse.FuseRequest;
import dev.testudo.linux.fuse.FuseSize;
import dev.testudo.linux.fuse.FuseStatus;
import dev.testudo.linux.fuse.FuseTimes;
import dev.testudo.linux.fuse.FuseWrite;
import dev.testudo.linux.sys.Errno;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The directory `/sys/kernel/config/tsm/report` with the rules of the kernel
/// (`drivers/virt/coco/tsm.c`, `fs/configfs/file.c`), for a provider of the test:
///
/// - Without a provider, mkdir(2) fails with ENXIO. With one, it creates the attributes.
/// - Each write increases `generation`. A binary attribute takes its value when it is closed.
/// - Reading `outblob` makes a report if `inblob` or `privlevel` changed since the last one.
/// - A value that is too large is EFBIG, a report without `inblob` EINVAL.
/// - Attributes that the provider has not are not there.
public final class FakeTsm implements FuseOperations {
  /// What the provider delivers.
  ///
  /// @param certificates for `auxblob`
  @SuppressWarnings("ArrayRecordComponent") // handed over, not a value
  public record Made(byte[] report, byte[] certificates) {}

  /// A driver.
  public interface Provider {
    /// Returns what `provider` says.
    String name();

    /// Returns the lowest privilege level, if there are levels.
    Optional<Integer> floor();

    /// Makes a report.
    Made make(byte[] data, int level) throws FuseError;
  }

  private static final int LARGEST_INPUT = 64;
  private static final int LARGEST_OUTPUT = 32 << 10;
  private static final int DIRECTORY = 0x4000;
  private static final int REGULAR = 0x8000;

  /// An attribute, or the whole directory if `attribute` is empty.
  private record Node(Report report, String attribute) {}

  /// The state of one request.
  private static final class Report {
    private byte[] input = new byte[0];
    private int level;
    private long written;
    private long read;
    private @Nullable Made made;
  }

  private final @Nullable Provider provider;
  private final Map<String, Long> directories = new TreeMap<>();
  private final Map<Long, Instant> created = new HashMap<>();
  private final Map<Long, Node> nodes = new HashMap<>();
  private final Map<Report, ByteArrayOutputStream> inputs = new HashMap<>();
  private final List<String> removed = new ArrayList<>();
  private Runnable beforeReport = () -> {};
  private long next = 2;

  /// @param provider the driver, if there is one
  public FakeTsm(@Nullable Provider provider) {
    this.provider = provider;
  }

  /// Returns the names of all directories that were removed.
  synchronized List<String> removed() {
    return List.copyOf(removed);
  }

  /// Returns the names of the directories that exist.
  synchronized List<String> existing() {
    return List.copyOf(directories.keySet());
  }

  /// Makes a directory that somebody has left.
  synchronized void leave(String name, Instant at) {
    var number = add(new Node(new Report(), ""));
    directories.put(name, number);
    created.put(number, at);
  }

  /// Runs something before each report is made.
  synchronized void beforeReport(Runnable runnable) {
    beforeReport = runnable;
  }

  /// Writes into every directory that exists, as another process could.
  synchronized void disturb() {
    for (var number : directories.values()) {
      node(number).report.written++;
    }
  }

  private Node node(long number) {
    var node = nodes.get(number);
    if (node == null) {
      throw new IllegalStateException("no node " + number);
    }
    return node;
  }

  private FuseAttributes attributes(long number, int mode) {
    var time = created.getOrDefault(number, Instant.now());
    return new FuseAttributes(
        number,
        mode,
        1,
        new FuseOwnership(0, 0),
        new FuseSize(4096, 0, 4096),
        new FuseTimes(time, time, time));
  }

  private int mode(long number) {
    var isDirectory = number == 1 || node(number).attribute.isEmpty();
    return isDirectory ? DIRECTORY | 0755 : REGULAR | 0600;
  }

  private FuseEntry entry(long number) {
    return FuseEntry.of(number, 0, attributes(number, mode(number)), FuseLifetimes.NONE);
  }

  @Override
  public synchronized FuseStatus status(FuseRequest request) {
    return new FuseStatus(attributes(request.node(), mode(request.node())), FuseLifetimes.NONE);
  }

  @Override
  public synchronized FuseEntry lookup(FuseRequest request, byte[] name) {
    var text = new String(name, UTF_8);
    if (request.node() == 1) {
      var found = directories.get(text);
      return found == null ? FuseEntry.absent(FuseLifetimes.NONE) : entry(found);
    }
    if (!visible().contains(text)) {
      return FuseEntry.absent(FuseLifetimes.NONE);
    }
    return entry(add(new Node(node(request.node()).report, text)));
  }

  private List<String> visible() {
    var all = new ArrayList<>(List.of("generation", "inblob", "outblob", "provider"));
    if (provider != null && provider.floor().isPresent()) {
      all.addAll(List.of("auxblob", "privlevel", "privlevel_floor"));
    }
    return all;
  }

  private long add(Node node) {
    nodes.put(next, node);
    return next++;
  }

  @Override
  public synchronized FuseEntry makeDirectory(
      FuseRequest request, byte[] name, FuseCreation creation) throws FuseError {
    if (provider == null) {
      throw new FuseError(Errno.ENXIO);
    }
    if (request.node() != 1) {
      throw new FuseError(Errno.EPERM);
    }
    var number = add(new Node(new Report(), ""));
    directories.put(new String(name, UTF_8), number);
    return entry(number);
  }

  @Override
  public synchronized FuseOpened openDirectory(FuseRequest request, int flags) {
    return new FuseOpened(next++, 0);
  }

  @Override
  public void readDirectory(FuseRequest request, long handle, long from, FuseDirectory entries) {
    list(from, (name, number, next) -> entries.add(name, number, DIRECTORY, next));
  }

  @Override
  public void readDirectoryPlus(
      FuseRequest request, long handle, long from, FuseDirectory entries) {
    list(from, (name, number, next) -> entries.add(name, entry(number), next));
  }

  private interface Listing {
    boolean add(byte[] name, long number, long next);
  }

  private synchronized void list(long from, Listing listing) {
    var position = 0L;
    for (var entry : directories.entrySet()) {
      position++;
      if (position > from
          && !listing.add(entry.getKey().getBytes(UTF_8), entry.getValue(), position)) {
        return;
      }
    }
  }

  @Override
  public synchronized void removeDirectory(FuseRequest request, byte[] name) throws FuseError {
    var text = new String(name, UTF_8);
    if (directories.remove(text) == null) {
      throw new FuseError(Errno.ENOENT);
    }
    removed.add(text);
  }

  @Override
  public synchronized FuseOpened open(FuseRequest request, int flags) {
    return new FuseOpened(next++, FuseOpened.FOPEN_DIRECT_IO);
  }

  @Override
  public synchronized int read(FuseRequest request, FuseRead read) throws FuseError {
    var content = content(node(request.node()));
    int from = (int) Math.min(read.range().offset(), content.length);
    int count = Math.min(read.length(), content.length - from);
    System.arraycopy(content, from, read.into(), read.start(), count);
    return count;
  }

  private byte[] content(Node node) throws FuseError {
    var provided = provider();
    return switch (node.attribute) {
      case "provider" -> line(provided.name());
      case "generation" -> line(Long.toString(node.report.written));
      case "privlevel_floor" -> line(provided.floor().orElseThrow().toString());
      case "outblob" -> bounded(made(node.report).report);
      case "auxblob" -> bounded(made(node.report).certificates);
      default -> throw new FuseError(Errno.EACCES);
    };
  }

  private Provider provider() throws FuseError {
    if (provider == null) {
      throw new FuseError(Errno.ENOTTY);
    }
    return provider;
  }

  private static byte[] line(String text) {
    return (text + "\n").getBytes(US_ASCII);
  }

  private static byte[] bounded(byte[] value) throws FuseError {
    if (value.length > LARGEST_OUTPUT) {
      throw new FuseError(Errno.EFBIG);
    }
    return value;
  }

  private Made made(Report report) throws FuseError {
    if (report.input.length == 0) {
      throw new FuseError(Errno.EINVAL);
    }
    if (report.made == null || report.read != report.written) {
      beforeReport.run();
      report.made = provider().make(report.input, report.level);
      report.read = report.written;
    }
    return report.made;
  }

  @Override
  public synchronized void write(FuseRequest request, FuseWrite write) throws FuseError {
    var node = node(request.node());
    var value = new String(write.bytes(), write.start(), write.length(), US_ASCII).strip();
    switch (node.attribute) {
      case "privlevel" -> {
        var level = Integer.parseInt(value);
        if (level < provider().floor().orElseThrow() || level > 3) {
          throw new FuseError(Errno.EINVAL);
        }
        node.report.level = level;
        node.report.written++;
      }
      case "inblob" -> {
        if (write.range().offset() + write.length() > LARGEST_INPUT) {
          throw new FuseError(Errno.EFBIG);
        }
        pending(node).write(write.bytes(), write.start(), write.length());
      }
      default -> throw new FuseError(Errno.EACCES);
    }
  }

  private ByteArrayOutputStream pending(Node node) {
    return inputs.computeIfAbsent(node.report, _ -> new ByteArrayOutputStream());
  }

  /// The file is closed: now the kernel takes the value.
  @Override
  public synchronized void flush(FuseRequest request, long handle) {
    var node = node(request.node());
    var input = inputs.remove(node.report);
    if (node.attribute.equals("inblob") && input != null) {
      node.report.input = input.toByteArray();
      node.report.written++;
    }
  }
}
