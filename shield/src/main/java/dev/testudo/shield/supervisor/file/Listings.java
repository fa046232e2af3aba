package dev.testudo.shield.supervisor.file;

import static dev.testudo.linux.sys.Errno.EINVAL;
import static dev.testudo.linux.sys.Errno.ERANGE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.PathLook;
import dev.testudo.linux.sys.ProcFile;
import dev.testudo.linux.sys.SystemCall;
import dev.testudo.shield.supervisor.call.Answer;
import dev.testudo.shield.supervisor.call.CallOutcome;
import dev.testudo.shield.supervisor.call.CallResults;
import dev.testudo.shield.supervisor.call.CallTable;
import dev.testudo.shield.supervisor.call.StoppedCall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Adds injected names to listings of folders that do not contain them, and names the working
/// directory where it is a stand-in.
///
/// The names come before those of the file system: as long as the position of the descriptor is 0,
/// nothing of the folder was read. The first calls at that position get the injected names. The
/// next call goes to the kernel, which moves the position.
final class Listings {
  /// How many listings can be between their first and their second part.
  private static final int MOST_BEGUN = 1024;

  private static final byte DT_DIR = 4;
  private static final byte DT_REG = 8;
  private static final byte DT_LNK = 10;

  /// How far names were given, by descriptor.
  private final Map<Descriptor, Integer> given =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Descriptor, Integer> eldest) {
          return size() > MOST_BEGUN;
        }
      };

  private final PathLook look = new PathLook();
  private final InjectedTree tree;

  private record Descriptor(int tid, int number) {}

  /// One record of a listing. `getdents` puts the type at the end of a record, `getdents64` before
  /// the name.
  private record Format(int nameAt, boolean typeAtEnd) {
    static final Format OLD = new Format(18, true);
    static final Format NEW = new Format(19, false);

    int length(String name) {
      int bytes = nameAt + name.length() + 1 + (typeAtEnd ? 1 : 0);
      return (bytes + 7) & ~7;
    }

    void put(ByteBuffer into, String name, byte type) {
      int start = into.position();
      int length = length(name);
      into.putLong(start, 1 + Math.abs((long) name.hashCode())); // d_ino, which must not be 0
      into.putLong(start + 8, 0); // d_off: seeking there begins the listing again
      into.putShort(start + 16, (short) length);
      into.put(start + (typeAtEnd ? length - 1 : 18), type);
      into.put(start + nameAt, name.getBytes(ISO_8859_1));
      into.position(start + length);
    }
  }

  Listings(InjectedTree tree) {
    this.tree = tree;
  }

  void register(CallTable calls) {
    calls.handle(SystemCall.GETDENTS, call -> list(call, Format.OLD));
    calls.handle(SystemCall.GETDENTS64, call -> list(call, Format.NEW));
    calls.handle(SystemCall.GETCWD, call -> CallOutcome.of(workingDirectory(call)));
  }

  /// Forgets the listings of a thread, which opens a folder: its descriptor may have the number of
  /// an earlier one.
  void begin(int tid) {
    given.keySet().removeIf(descriptor -> descriptor.tid == tid);
  }

  private CallOutcome list(StoppedCall call, Format format) throws ErrnoException {
    var names = absent(call.tid(), call.intArgument(0));
    if (names.isEmpty() || position(call) != 0) {
      return CallOutcome.of(Answer.LET_READ);
    }
    var descriptor = new Descriptor(call.tid(), call.intArgument(0));
    int from = given.getOrDefault(descriptor, 0);
    if (from >= names.size()) {
      given.remove(descriptor);
      return CallOutcome.of(Answer.LET_READ);
    }
    long room = Math.min(Integer.toUnsignedLong(call.intArgument(2)), 1 << 16);
    int to = fitting(names, from, room, format);
    if (to == from) {
      return CallOutcome.of(new Answer.Failure(EINVAL));
    }
    var part = names.subList(from, to).stream().filter(this::isAbsent).toList();
    if (part.isEmpty()) {
      // The kernel lists these. The next call, from the position after them, is not ours.
      return CallOutcome.of(Answer.LET_READ);
    }
    var records = records(part, format);
    CallResults.write(call, 1, records);
    return new CallOutcome(
        new Answer.Result(records.length),
        heard -> {
          if (heard) {
            given.put(descriptor, to);
          }
        });
  }

  /// Returns what the listing of this descriptor lacks.
  private List<Node> absent(int tid, int number) {
    return look.link("/proc/" + tid + "/fd/" + number)
        .flatMap(path -> tree.at(path.equals("/") ? "" : path))
        .filter(FolderNode.class::isInstance)
        .map(FolderNode.class::cast)
        .filter(FolderNode::exists)
        .map(FolderNode::absent)
        .orElse(List.of());
  }

  /// Returns whether nothing has appeared at the path meanwhile, which the kernel would list.
  private boolean isAbsent(Node node) {
    return look.at(tree.root() + node.path()) instanceof PathLook.Entry.Absent;
  }

  private static long position(StoppedCall call) throws ErrnoException {
    var info = ProcFile.read("/proc/" + call.tid() + "/fdinfo/" + call.intArgument(0));
    var first = info.lines().findFirst().orElse("");
    return first.startsWith("pos:") ? Long.parseUnsignedLong(first.substring(4).strip()) : -1;
  }

  private static int fitting(List<Node> names, int from, long room, Format format) {
    long used = 0;
    for (int i = from; i < names.size(); i++) {
      used += format.length(names.get(i).name());
      if (used > room) {
        return i;
      }
    }
    return names.size();
  }

  private static byte[] records(List<Node> nodes, Format format) {
    int size = nodes.stream().mapToInt(node -> format.length(node.name())).sum();
    var records = ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
    for (var node : nodes) {
      format.put(records, node.name(), type(node));
    }
    return records.array();
  }

  private static byte type(Node node) {
    return switch (node) {
      case FileNode _ -> DT_REG;
      case FolderNode _ -> DT_DIR;
      case LinkNode _ -> DT_LNK;
    };
  }

  private Answer workingDirectory(StoppedCall call) throws ErrnoException {
    var there = look.link("/proc/" + call.tid() + "/cwd");
    var shown = there.map(tree::shown).filter(path -> !there.equals(Optional.of(path)));
    if (shown.isEmpty()) {
      return Answer.LET_READ;
    }
    var text = (shown.get() + '\0').getBytes(ISO_8859_1);
    if (Long.compareUnsigned(call.argument(1), text.length) < 0) {
      return new Answer.Failure(ERANGE);
    }
    CallResults.write(call, 0, text);
    return new Answer.Result(text.length);
  }
}
